// `npm run bench [-- --only=NAME,… --sizes=N,… --json=PATH --markdown=PATH --quick]`: the benchmarks of test/bench.

import { runBundled } from './bundled.mjs';

await runBundled('bench', ['memory', 'inside']);
