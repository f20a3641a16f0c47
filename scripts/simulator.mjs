// The simulator as a module, for scripts/sim.mjs and scripts/proof.mjs: bundled once per change of the sources (Node 20 cannot run
// TypeScript), or anew with a mutant's edits in its core.

import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { threadId } from 'node:worker_threads';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What src/sim/index.ts exports; `mutant` null: of the simulator as it is. */
export async function simulator(mutant = null) {
  return import(pathToFileURL(await bundled(mutant)).href);
}

async function bundled(mutant) {
  const bundle = join(root, '.cache', mutant === null ? 'sim.mjs' : `sim-${mutant.name}.mjs`);
  if (mutant === null && existsSync(bundle) && statSync(bundle).mtimeMs >= newestMtimeMs(join(root, 'src'))) return bundle;
  mkdirSync(dirname(bundle), { recursive: true });
  const { build } = await import('esbuild');
  const plugins = mutant === null ? [] : [(await import('./mutate.mjs')).mutation(root, mutant)];
  // Two that start at once must not read each other's half.
  const fresh = `${bundle}.${process.pid}-${threadId}.mjs`;
  await build({
    entryPoints: [join(root, 'src', 'sim', 'index.ts')],
    outfile: fresh,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: mutant === null ? 'warning' : 'silent',
    plugins,
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  renameSync(fresh, bundle);
  return bundle;
}

function newestMtimeMs(directory) {
  let newest = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestMtimeMs(path) : statSync(path).mtimeMs);
  }
  return newest;
}
