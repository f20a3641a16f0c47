// Bundles src/main.ts and everything that it needs into dist/quorate.mjs, one executable file.
// Node's own modules are fetched where they are first needed instead of at the head of the file: esbuild hoists imports of
// externals out of modules that are themselves loaded lazily, and node:http alone would cost `quorate members` 8 ms.

import { chmod, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const builtins = new Set(builtinModules);

const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(plugin) {
    plugin.onResolve({ filter: /^(node:)?[a-z_/0-9]+$/ }, ({ path }) => {
      const name = path.replace(/^node:/, '');
      return builtins.has(name) ? { path: `node:${name}`, namespace: 'builtin' } : null;
    });
    plugin.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

// CommonJS inside the bundle (pino's, msgpackr's native part) still asks for `require`; the shebang must stay the first line.
const banner = ['#!/usr/bin/env node', "import { createRequire as makeRequire } from 'node:module';", 'const require = makeRequire(import.meta.url);'].join('\n');

export async function bundle({ entry = 'src/main.ts', outfile = 'dist/quorate.mjs', metafile = false } = {}) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    splitting: false,
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'none',
    banner: { js: banner },
    plugins: [lazyBuiltins],
    logLevel: 'warning',
    metafile,
  });
  await chmod(new URL(outfile, new URL('..', import.meta.url)), 0o755);
  return result.metafile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await rm(new URL('../dist', import.meta.url), { recursive: true, force: true });
  await bundle();
}
