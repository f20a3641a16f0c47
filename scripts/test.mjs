// `npm test`: set-up, type check, lint, the layer test and all other tests. Ends with the line `N passed, N failed`.
// Arguments go to vitest: `npm test -- test/e2e/leave.test.ts`.

import { setUp } from './setup.mjs';
import { conclude, lint, tests, typeCheck } from './steps.mjs';

await setUp();
conclude([typeCheck(), lint(), tests(process.argv.slice(2))]);
