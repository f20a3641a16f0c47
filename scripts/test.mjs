// `npm test`: set-up, type check, lint, the layer test and all other tests, the proof by simulation. Ends with the line
// `N passed, N failed`. Arguments go to vitest, and there is no proof then: `npm test -- test/e2e/leave.test.ts`.

import { setUp } from './setup.mjs';
import { conclude, lint, proof, tests, typeCheck } from './steps.mjs';

await setUp();
const args = process.argv.slice(2);
const outcomes = [typeCheck(), lint(), tests(args)];
if (args.length === 0) outcomes.push(proof());
conclude(outcomes);
