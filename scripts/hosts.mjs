// `npm run hosts [-- --only=NAME,… --quick]`: cuts, pauses and kills on hosts of their own at full length, as test/hosts does them. Needs root and nftables.

import { runBundled } from './bundled.mjs';

await runBundled('hosts');
