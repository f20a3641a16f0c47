// `npm run demo`: five real agents, a worker that must never run twice, a cut, a heal, a kill. What happens is test/demo's.

import { runBundled } from './bundled.mjs';
import { commandLine } from './flags.mjs';

const HELP = `
npm run demo

Starts five real agents with short timings on loopback, and on each a worker that may only run on the leader. Cuts two agents off, heals
the cut, kills the leader's agent, and prints what the agents tell; it takes about 20 seconds.
Exit 0 when every check at the end holds, 1 when not, 64 for usage.
`;

commandLine({ npm: 'run demo', help: HELP, flags: {} });
await runBundled('demo');
