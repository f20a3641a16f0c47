// Bundles src/main.ts and everything that it needs into dist/quorate.mjs, one executable file, and src/lib.ts into dist/lib.mjs,
// what `import 'quorate'` gives, with its types in dist/types. Neither needs anything but Node.
//
// `quorate members` is called in loops and a hundred agents may start at once, so a cold start counts, and V8 reads every
// function of what it compiles even if none is called. Hence the file has chapters: the hot verbs are its code, and each other
// chapter is one line in a comment at its end, until the import of its first module compiles it. V8 passes over a comment, but byte by
// byte, a megabyte in 13 ms: so the lines are packed. Chapters share no module: only plain values and an exit code cross a border.

import { spawnSync } from 'node:child_process';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { codeFileName, keepCompiled, unsealing } from './compiled.mjs';
import { commandLine } from './flags.mjs';
import { install } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Names are kept in the library alone. In memory they would be 2 MiB of each agent: V8 interns each name of what it reads. */
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  splitting: false,
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/**
 * By the name of its first module, src/cli/NAME.ts: what others import of it. A chapter opens only those before it, whose text its own
 * may depend on.
 */
const CHAPTERS = { words: 'understand', host: 'runHost', full: 'runFull' };
/** Of this one compiled code is kept. */
const COMPILED = 'host';

/** Who unpacks a chapter gives little of such a window back to the system: with the usual 22 an agent takes 1 MiB more, for a file smaller by 4 %. */
const WINDOW_BITS = 16;

/** Before a chapter, which is one line of base64. */
const markOf = (name) => `//chapter:${name}:`;

/** `texts`: of the chapters before it. */
async function chapter(build, name, texts) {
  const result = await build({
    ...common,
    entryPoints: [`src/cli/${name}.ts`],
    format: 'cjs',
    define: { 'import.meta.url': 'bundleUrl' },
    plugins: [chapterImports(texts)],
    write: false,
  });
  const text = `(function (module, exports, require, bundleUrl, __filename, __dirname) {${result.outputFiles[0].text}\n})`;
  // The file is read as it is, byte by byte.
  if (/[^\0-\x7f]/.test(text)) throw new Error(`the chapter ${name} has a character that is not ASCII`);
  return text;
}

function packed(name, text) {
  return markOf(name) + brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS } }).toString('base64');
}

/** Where a chapter is imported: finds it in the file that is running, and compiles it, or takes what was kept of that. */
const chapterImports = (texts) => ({
  name: 'chapter-imports',
  setup(plugin) {
    plugin.onResolve({ filter: /^\.\/[a-z]+\.ts$/ }, ({ path, kind }) => {
      const name = path.slice(2, -3);
      return kind === 'dynamic-import' && name in CHAPTERS ? { path: name, namespace: 'chapter' } : null;
    });
    plugin.onLoad({ filter: /.*/, namespace: 'chapter' }, ({ path: name }) => ({
      contents: `
        const { dirname } = process.getBuiltinModule('node:path');
        const { fileURLToPath } = process.getBuiltinModule('node:url');
        const { Script } = process.getBuiltinModule('node:vm');
        const filename = fileURLToPath(import.meta.url);
        const directory = dirname(filename);
        // In functions, so that nothing of the files stays in memory.
        const unpacked = () => {
          const { readFileSync } = process.getBuiltinModule('node:fs');
          const { brotliDecompressSync } = process.getBuiltinModule('node:zlib');
          const file = readFileSync(filename, 'latin1');
          // The last one is the chapter's own; the others are this line and its like.
          const start = file.lastIndexOf(${JSON.stringify(markOf(name))}) + ${markOf(name).length};
          return brotliDecompressSync(Buffer.from(file.slice(start, file.indexOf('\\n', start)), 'base64')).latin1Slice();
        };
        const compiled = () => {
          const kept = ${name === COMPILED ? `(${unsealing(texts[name])})()` : 'null'};
          // Not compileFunction: an agent would take 4 MiB more.
          return new Script(kept?.text ?? unpacked(), { filename: filename + '#${name}', cachedData: kept?.code });
        };
        const module = { exports: {} };
        const open = compiled().runInThisContext();
        open(module, module.exports, require, import.meta.url, filename, directory);
        export const { ${CHAPTERS[name]} } = module.exports;
      `,
      loader: 'js',
      resolveDir: root,
    }));
  },
});

// Node's own modules are asked for by it, and files by CommonJS packages (msgpackr's native part is one). A hot verb asks for no file, and is
// spared the import of node:module.
const banner =
  "const require = (id) => process.getBuiltinModule(id) ?? process.getBuiltinModule('node:module').createRequire(import.meta.url)(id);";
// This must stay the first line.
const shebang = '#!/usr/bin/env node\n';

/** Returns the text of the chapter whose compiled code is kept, and where that would lie. */
export async function bundle(outfile = `${root}dist/quorate.mjs`) {
  // Here and not above, because in a clean clone it is installed only now.
  const { build } = await import('esbuild');
  await mkdir(dirname(outfile), { recursive: true });
  const texts = {};
  for (const name of Object.keys(CHAPTERS)) texts[name] = await chapter(build, name, texts);
  await build({
    ...common,
    entryPoints: ['src/main.ts'],
    outfile,
    // Of imports of Node's own modules it makes `require` where they stand; an ES module would have them loaded before its first line.
    format: 'cjs',
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: `${shebang}${banner}const bundleUrl=import.meta.url;` },
    footer: { js: [...Object.entries(texts).map(([name, text]) => packed(name, text)), '//end'].join('\n') },
    plugins: [chapterImports(texts)],
  });
  await chmod(outfile, 0o755);
  return { text: texts[COMPILED], codeFile: join(dirname(outfile), codeFileName(texts[COMPILED])) };
}

/** Not minified: it ends up in other people's stack traces. */
async function bundleLibrary() {
  const { build } = await import('esbuild');
  await build({
    ...common,
    entryPoints: ['src/lib.ts'],
    outfile: `${root}dist/lib.mjs`,
    format: 'esm',
    keepNames: true,
    minify: false,
    banner: { js: banner },
  });
}

/** What the compiler knows of src/lib.ts, into dist/types. */
function declareTypes() {
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'scripts/types.tsconfig.json'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
}

const HELP = `
npm run build

Installs what it needs, then writes dist anew: quorate.mjs, the whole program in one file, and lib.mjs with its types, the library.
Exit 0 when it is written, 1 when not, 64 for usage.
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  commandLine({ npm: 'run build', help: HELP, flags: {} });
  await install();
  await rm(`${root}dist`, { recursive: true, force: true });
  const { text, codeFile } = await bundle();
  const problem = keepCompiled(text, codeFile);
  // An agent starts without it too.
  if (problem !== null) process.stderr.write(`build: no compiled code is kept, so agents take longer to start: ${problem}\n`);
  await bundleLibrary();
  declareTypes();
  process.stdout.write('built: dist/quorate.mjs, dist/lib.mjs, dist/types\n');
}
