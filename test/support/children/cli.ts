// The command line as a process of its own, without what the built file does to start faster.

import { main, processIo } from '../../../src/cli/index.ts';

process.exitCode = await main(process.argv.slice(2), processIo());
