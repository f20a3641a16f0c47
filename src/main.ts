// The process: its arguments go to cli, cli's answer is the exit code. Nothing else.

import { main, processIo } from './cli/index.ts';

void main(process.argv.slice(2), processIo()).then((code) => {
  process.exitCode = code;
});
