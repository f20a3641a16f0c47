// `npm run sim -- …`: bundles the simulator once per change of the sources (Node 20 cannot run TypeScript) and runs it.

import { existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { install, root } from './setup.mjs';

await install();
const bundle = join(root, '.cache', 'sim.mjs');

function newestMtimeMs(directory) {
  let newest = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestMtimeMs(path) : statSync(path).mtimeMs);
  }
  return newest;
}

if (!existsSync(bundle) || statSync(bundle).mtimeMs < newestMtimeMs(join(root, 'src'))) {
  const { build } = await import('esbuild');
  // Two that start at once must not read each other's half.
  const fresh = `${bundle}.${process.pid}.mjs`;
  await build({
    entryPoints: [join(root, 'src', 'sim', 'index.ts')],
    outfile: fresh,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  renameSync(fresh, bundle);
}

process.setSourceMapsEnabled(true);
const { main } = await import(pathToFileURL(bundle).href);
process.exitCode = main(process.argv.slice(2), {
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
  nodeVersion: process.versions.node,
  elapsedMs: () => performance.now(),
});
