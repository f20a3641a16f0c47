// `npm run check`, before each commit: as `npm test`, but without the tests that start processes.

import { commandLine } from './flags.mjs';
import { setUp } from './setup.mjs';
import { conclude, lint, tests, typeCheck } from './steps.mjs';
import { CHOOSING, CHOOSING_HELP } from './test-choice.mjs';

const HELP = `
npm run check [-- FILE… FLAGS]

The type check, the linter and the tests that start no agents, all of them or those of files whose path holds a FILE.
The last line is \`N passed, N failed\`. Exit 0 when nothing failed, 1 when something did, 64 for usage.
${CHOOSING_HELP}`;

const args = process.argv.slice(2);
commandLine({ npm: 'run check', help: HELP, ...CHOOSING }, args);
await setUp();
conclude([typeCheck(), lint(), tests(['--project=unit', ...args])]);
