// Runs a program of the test tree that is written in TypeScript, which Node 20 cannot read: set-up, bundle, import.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

/** `name`: the folder of test/ whose index.ts it is; `others`: programs beside it, which it starts itself. */
export async function runBundled(name, others = []) {
  await setUp();
  const { buildSync } = await import('esbuild');
  // As deep below the root as its sources are.
  const outdir = join(root, '.cache', name);
  buildSync({
    entryPoints: ['index', ...others].map((program) => join(root, 'test', name, `${program}.ts`)),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
  });
  await import(pathToFileURL(join(outdir, 'index.mjs')).href);
}
