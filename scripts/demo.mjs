// `npm run demo`: five real agents, a worker that must never run twice, a cut, a heal, a kill. What happens is test/demo's.

import { runBundled } from './bundled.mjs';

await runBundled('demo');
