// `npm test`: set-up, type check, lint, the layer test and all other tests, the proof by simulation. Ends with the line
// `N passed, N failed`. Arguments go to vitest, and there is no proof then: `npm test -- test/e2e/leave.test.ts`.

import { commandLine, text } from './flags.mjs';
import { setUp } from './setup.mjs';
import { conclude, lint, proof, tests, typeCheck } from './steps.mjs';
import { CHOOSING, CHOOSING_HELP } from './test-choice.mjs';

const HELP = `
npm test [-- FILE… FLAGS]

The type check, the linter, all tests and the proof by simulation. With FILEs: the tests of files whose path holds one of them;
with those or with flags there is no proof, which is \`npm run proof\` by itself.
The last line is \`N passed, N failed\`. Exit 0 when nothing failed, 1 when something did, 64 for usage.
${CHOOSING_HELP}--project=unit|e2e: the tests that start no agents, or those that do.
`;

const args = process.argv.slice(2);
commandLine({ npm: 'test', help: HELP, ...CHOOSING, flags: { ...CHOOSING.flags, project: text('unit') } }, args);
await setUp();
const outcomes = [typeCheck(), lint(), tests(args)];
if (args.length === 0) outcomes.push(proof());
conclude(outcomes);
