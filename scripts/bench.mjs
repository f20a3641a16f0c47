// `npm run bench [-- --only=NAME,… --quick]`: the benchmarks of test/bench, bundled because Node 20 reads no TypeScript.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

await setUp();
const { buildSync } = await import('esbuild');
// As deep below the root as its sources are.
const outdir = join(root, '.cache', 'bench');
buildSync({
  entryPoints: ['index.ts', 'memory.ts'].map((file) => join(root, 'test', 'bench', file)),
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
});
await import(pathToFileURL(join(outdir, 'index.mjs')).href);
