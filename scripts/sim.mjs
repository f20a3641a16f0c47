// `npm run sim -- …`: bundles the simulator once per change of the sources (Node 20 cannot run TypeScript) and runs it.
// `--mutate=NAME` bundles one whose core lacks a rule, and fails unless a checker notices; `--runs=K --workers=W` shares the seeds out.

import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const root = fileURLToPath(new URL('..', import.meta.url));

const terminal = {
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
  nodeVersion: process.versions.node,
  elapsedMs: () => performance.now(),
};

function newestMtimeMs(directory) {
  let newest = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestMtimeMs(path) : statSync(path).mtimeMs);
  }
  return newest;
}

/** The path of an up-to-date bundle; with a mutant, of one that is made anew. */
async function bundled(mutant) {
  const bundle = join(root, '.cache', mutant === null ? 'sim.mjs' : `sim-${mutant.name}.mjs`);
  if (mutant === null && existsSync(bundle) && statSync(bundle).mtimeMs >= newestMtimeMs(join(root, 'src'))) return bundle;
  mkdirSync(dirname(bundle), { recursive: true });
  const { build } = await import('esbuild');
  const plugins = mutant === null ? [] : [(await import('./mutate.mjs')).mutation(root, mutant)];
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
    logLevel: mutant === null ? 'warning' : 'silent',
    plugins,
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  renameSync(fresh, bundle);
  return bundle;
}

const load = async (mutant) => import(pathToFileURL(await bundled(mutant)).href);

async function mutate(name) {
  const { MUTANTS } = await import('./mutants.mjs');
  if (name === 'list') {
    const width = Math.max(...MUTANTS.map((mutant) => mutant.name.length));
    for (const mutant of MUTANTS)
      console.log(`${mutant.name.padEnd(width)}  ${mutant.rule}${mutant.scene === null ? '' : ` [${mutant.scene}]`}`);
    return 0;
  }
  const mutant = MUTANTS.find((other) => other.name === name);
  if (mutant === undefined) {
    console.error(`sim: --mutate=${name}: no such mutant; --mutate=list names them`);
    return 64;
  }
  const { hunt } = await load(mutant);
  return hunt(mutant, terminal);
}

/** Each worker takes every so-many-th seed; what one finds ends them all. */
async function share(argv, workers) {
  await bundled(null);
  const outcomes = await Promise.all(
    Array.from({ length: workers }, (_, index) => {
      const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { argv, index, workers } });
      return new Promise((resolve, reject) => {
        worker.on('message', (message) => (typeof message === 'string' ? console.log(message) : resolve(message)));
        worker.on('error', reject);
      });
    }),
  );
  const { summary } = await load(null);
  return summary(outcomes, terminal);
}

if (isMainThread) {
  process.setSourceMapsEnabled(true);
  const argv = process.argv.slice(2);
  const mutant = argv.find((argument) => argument.startsWith('--mutate='))?.slice('--mutate='.length);
  const workers = Number(argv.find((argument) => argument.startsWith('--workers='))?.slice('--workers='.length) ?? 1);
  const rest = argv.filter((argument) => !argument.startsWith('--workers='));
  if (mutant !== undefined) process.exitCode = await mutate(mutant);
  else if (workers > 1) process.exitCode = await share(rest, workers);
  else process.exitCode = (await load(null)).main(rest, terminal);
} else {
  const { argv, index, workers } = workerData;
  const { portion } = await load(null);
  parentPort.postMessage(portion(argv, index, workers, { ...terminal, print: (line) => parentPort.postMessage(line) }));
}
