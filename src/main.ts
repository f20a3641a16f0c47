// The process: its arguments go to cli, cli's answer is the exit code. Nothing else.

import { main, processIo } from './cli/index.ts';

process.exitCode = await main(process.argv.slice(2), processIo());
