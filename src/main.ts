// The process: its arguments go to cli, cli's answer is the exit code. Nothing else.

import { main, processIo } from './cli/index.ts';

// Unless it answers. An executable is not awaited as an ES module would be, which Node ends with this code.
process.exitCode = 13;
void main(process.argv.slice(2), processIo()).then((code) => {
  process.exitCode = code;
});
