// Bundles src/main.ts and everything that it needs into dist/quorate.mjs, one executable file, and src/lib.ts into dist/lib.mjs,
// what `import 'quorate'` gives, with its types in dist/types. Neither needs anything but Node.
//
// `quorate members` is called in loops, so a cold start counts, and V8 reads every function of a file even if none is called:
// 5 ms for what the hot verbs do not need. Hence two bundles in the one file: the hot one as code, the full one as a string
// that is compiled when src/cli/index.ts imports full.ts. The two share nothing but arguments and an exit code.

import { spawnSync } from 'node:child_process';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const builtins = new Set(builtinModules);

// Fetches Node's own modules where they are first needed: esbuild hoists imports of externals out of modules that are
// themselves loaded lazily.
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

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  splitting: false,
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
};

async function fullBundle(build) {
  const result = await build({
    ...common,
    entryPoints: ['src/cli/full.ts'],
    format: 'cjs',
    define: { 'import.meta.url': 'bundleUrl' },
    plugins: [lazyBuiltins],
    write: false,
  });
  return `(function (module, exports, require, bundleUrl, __filename, __dirname) {${result.outputFiles[0].text}\n})`;
}

/** Puts the full bundle, as a string, where index.ts imports full.ts. */
function embeddedFull(source) {
  return {
    name: 'embedded-full',
    setup(plugin) {
      plugin.onResolve({ filter: /^\.\/full\.ts$/ }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: 'full', namespace: 'embedded' } : null,
      );
      plugin.onLoad({ filter: /.*/, namespace: 'embedded' }, () => ({
        contents: `
          const { Script } = process.getBuiltinModule('node:vm');
          const filename = process.getBuiltinModule('node:url').fileURLToPath(import.meta.url);
          const module = { exports: {} };
          // Not compileFunction: an agent would take 4 MiB more.
          const run = new Script(${JSON.stringify(source)}, { filename: filename + '#full' }).runInThisContext();
          const directory = process.getBuiltinModule('node:path').dirname(filename);
          run(module, module.exports, require, import.meta.url, filename, directory);
          export const { runFull } = module.exports;
        `,
        loader: 'js',
        resolveDir: root,
      }));
    },
  };
}

// CommonJS packages (pino, msgpackr's native part) ask for a `require`.
const banner = ["import { createRequire as makeRequire } from 'node:module';", 'const require = makeRequire(import.meta.url);'].join('\n');
// This must stay the first line.
const shebang = '#!/usr/bin/env node\n';

export async function bundle(outfile = `${root}dist/quorate.mjs`) {
  // Here and not above, because in a clean clone it is installed only now.
  const { build } = await import('esbuild');
  await mkdir(dirname(outfile), { recursive: true });
  await build({
    ...common,
    entryPoints: ['src/main.ts'],
    outfile,
    format: 'esm',
    banner: { js: shebang + banner },
    plugins: [embeddedFull(await fullBundle(build)), lazyBuiltins],
  });
  await chmod(outfile, 0o755);
}

/** Not minified: it ends up in other people's stack traces. */
async function bundleLibrary() {
  const { build } = await import('esbuild');
  await build({
    ...common,
    entryPoints: ['src/lib.ts'],
    outfile: `${root}dist/lib.mjs`,
    format: 'esm',
    minifySyntax: false,
    minifyWhitespace: false,
    banner: { js: banner },
    plugins: [lazyBuiltins],
  });
}

/** What the compiler knows of src/lib.ts, into dist/types. */
function declareTypes() {
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'scripts/types.tsconfig.json'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await install();
  await rm(`${root}dist`, { recursive: true, force: true });
  await bundle();
  await bundleLibrary();
  declareTypes();
}
