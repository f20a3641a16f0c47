// `npm run sim -- …`: plays scenes of the simulator. `--mutate=NAME` plays one whose core lacks a rule, and fails unless a checker
// notices; `--runs=K --workers=W` shares the seeds out.

import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
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
    console.error(`sim: --mutate=${name}: no such mutant; --mutate=list names them`);
    return 64;
  }
  const { hunt } = await simulator(mutant);
  return hunt(mutant, terminal);
}

/** Each worker takes every so-many-th seed, or run of a row. */
async function share(argv, workers) {
  const { summary, summaryOfTables } = await simulator();
  const outcomes = await Promise.all(
    Array.from({ length: workers }, (_, index) => {
      const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { argv, index, workers } });
      return new Promise((resolve, reject) => {
        worker.on('message', (message) => (typeof message === 'string' ? console.log(message) : resolve(message)));
        worker.on('error', reject);
      });
    }),
  );
  return isMeasuring(argv) ? summaryOfTables(argv, outcomes, terminal) : summary(outcomes, terminal);
}

function isMeasuring(argv) {
  return argv.some((argument) => /^--table(?:=|$)/.test(argument));
}

if (isMainThread) {
  process.setSourceMapsEnabled(true);
  await install();
  const argv = process.argv.slice(2);
  const mutant = argv.find((argument) => argument.startsWith('--mutate='))?.slice('--mutate='.length);
  const workers = Number(argv.find((argument) => argument.startsWith('--workers='))?.slice('--workers='.length) ?? 1);
  const rest = argv.filter((argument) => !argument.startsWith('--workers='));
  if (mutant !== undefined) process.exitCode = await mutate(mutant);
  else if (workers > 1) process.exitCode = await share(rest, workers);
  else process.exitCode = (await simulator()).main(rest, terminal);
} else {
  const { argv, index, workers } = workerData;
  const { portion, portionOfTables } = await simulator();
  const play = isMeasuring(argv) ? portionOfTables : portion;
  parentPort.postMessage(play(argv, index, workers, { ...terminal, print: (line) => parentPort.postMessage(line) }));
}
