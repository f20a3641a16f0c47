// The process: its arguments go to cli, cli's answer is the exit code. Nothing else.

import { main, processIo } from './cli/index.ts';

// Unless it answers: who waits for `quorate wait` must never take an end without an answer for a yes.
process.exitCode = 1;
void main(process.argv.slice(2), processIo()).then((code) => {
  process.exitCode = code;
});
