// `npm run sim -- …`: plays scenes of the simulator. `--mutate=NAME` plays one whose core lacks a rule, and fails unless a checker
// notices; `--runs=K --workers=W` shares the seeds out.

import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { meant } from './flags.mjs';
import { install } from './setup.mjs';
import { simulator } from './simulator.mjs';

const terminal = {
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
  nodeVersion: process.versions.node,
  elapsedMs: () => performance.now(),
};

async function mutate(name) {
  const { MUTANTS } = await import('./mutants.mjs');
  if (name === 'list') {
    const width = Math.max(...MUTANTS.map((mutant) => mutant.name.length));
    for (const { name: one, rule, scene } of MUTANTS) console.log(`${one.padEnd(width)}  ${rule} [${scene}]`);
    return 0;
  }
  const mutant = MUTANTS.find((other) => other.name === name);
  if (mutant === undefined) {
    const names = MUTANTS.map((other) => other.name);
    console.error(
      `sim: --mutate=${name}: no such mutant${meant(name, [...names, 'list'])}\nmutants: ${names.join(' ')}\ntry: npm run sim -- --help`,
    );
    return 64;
  }
  const { hunt } = await simulator(mutant);
  return hunt(mutant, terminal);
}

/** Each worker takes every so-many-th seed, or run of a row. */
async function share(argv, line) {
  const { announce, summary, summaryOfTables } = await simulator();
  const { workers } = line;
  if (line.kind === 'run') announce(line, terminal);
  const outcomes = await Promise.all(
    Array.from({ length: workers }, (_, index) => {
      const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { argv, index, workers } });
      return new Promise((resolve, reject) => {
        worker.on('message', (message) => (typeof message === 'string' ? console.log(message) : resolve(message)));
        worker.on('error', reject);
      });
    }),
  );
  return line.kind === 'measure' ? summaryOfTables(argv, outcomes, terminal) : summary(outcomes, terminal);
}

if (isMainThread) {
  process.setSourceMapsEnabled(true);
  await install();
  const argv = process.argv.slice(2);
  const { main, parseCommandLine } = await simulator();
  const line = parseCommandLine(argv);
  if (line.kind === 'mutate') process.exitCode = await mutate(line.name);
  else if ((line.kind === 'run' || line.kind === 'measure') && line.workers > 1) process.exitCode = await share(argv, line);
  else process.exitCode = main(argv, terminal);
} else {
  const { argv, index, workers } = workerData;
  const { parseCommandLine, portion, portionOfTables } = await simulator();
  const play = parseCommandLine(argv).kind === 'measure' ? portionOfTables : portion;
  parentPort.postMessage(play(argv, index, workers, { ...terminal, print: (line) => parentPort.postMessage(line) }));
}
