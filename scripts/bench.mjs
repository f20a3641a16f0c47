// `npm run bench [-- --only=NAME,… --quick]`: the benchmarks of test/bench, bundled because Node 20 reads no TypeScript.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

await setUp();
const { buildSync } = await import('esbuild');
// As deep below the root as its sources are.
const outfile = join(root, '.cache', 'bench', 'index.mjs');
buildSync({
  entryPoints: [join(root, 'test', 'bench', 'index.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
});
// A process of its own, so that the collector can be asked for before memory is measured.
const { status } = spawnSync(process.execPath, ['--expose-gc', outfile, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
