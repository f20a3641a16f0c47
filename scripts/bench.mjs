// `npm run bench [-- --only=NAME,… --quick]`: the benchmarks of test/bench.

import { runBundled } from './bundled.mjs';

await runBundled('bench', ['memory']);
