// Runs a program of the test tree that is written in TypeScript, which Node 20 cannot read: set-up, bundle, import.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

/** `name`: the folder of test/ whose index.ts it is. */
export async function runBundled(name) {
  await setUp();
  const { buildSync } = await import('esbuild');
  // As deep below the root as its sources are.
  const outfile = join(root, '.cache', name, 'index.mjs');
  buildSync({
    entryPoints: [join(root, 'test', name, 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
  });
  await import(pathToFileURL(outfile).href);
}
