// `npm run check`, before each commit: as `npm test`, but without the tests that start processes.

import { setUp } from './setup.mjs';
import { conclude, lint, tests, typeCheck } from './steps.mjs';

await setUp();
conclude([typeCheck(), lint(), tests(['--project=unit', ...process.argv.slice(2)])]);
