// What `npm test` holds of the simulator beside its tests, on two workers; by itself: npm run proof. What is played, HELP says. Each
// check is a line; the counts go to the file that --report names.

import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { commandLine, oneOf, text, whole } from './flags.mjs';
import { MUTANTS } from './mutants.mjs';
import { install } from './setup.mjs';
import { simulator } from './simulator.mjs';

const GRAPHS = 4096;
const GRAPHS_A_TASK = 64;
const SEEDS_MAX = 10_000;
const SEEDS_A_TASK = 8;
/** When the recorded schedule no longer catches it, others are tried for so long. */
const PURSUIT_MS = 25_000;
/** Of what takes nothing out. */
const HARMLESS_SEEDS = 40;

// ── a worker: one task after the other ──

const carryOut = { play, mutant: judgeMutant };

/** Some seeds of a scene, until one breaks a rule or the time (by the wall clock, which threads share) is over. */
async function play({ scene, from, count, untilMs }) {
  const { run, told } = await simulator();
  const done = { runs: 0, virtualMs: 0, faultCount: 0, problem: [] };
  for (let seed = from; seed < from + count && Date.now() < untilMs; seed++) {
    const report = run({ seed, scene, nodes: null, untilMs: null });
    done.runs += 1;
    done.virtualMs += report.untilMs;
    done.faultCount += report.faults.length;
    done.problem = told(report, process.versions.node);
    if (done.problem.length > 0) break;
  }
  return done;
}

async function judgeMutant({ name }) {
  const mutant = MUTANTS.find((one) => one.name === name);
  const { pursue } = await simulator(mutant);
  const fromMs = performance.now();
  const isEnough = (runs) => (mutant.by === null ? runs > HARMLESS_SEEDS : performance.now() - fromMs > PURSUIT_MS);
  const { runs, report } = pursue(mutant, isEnough);
  const { run, told } = await simulator();
  if (mutant.by === null) {
    if (report === null) return { isOk: true, words: [`I1 to I10 hold, in ${runs} seeds of ${mutant.scene}`] };
    return { isOk: false, words: ['breaks what it must not', ...told(report, process.versions.node)] };
  }
  if (report === null) return { isOk: false, words: [`SURVIVES ${runs} seeds of ${mutant.scene}: ${mutant.by} says nothing`] };
  const { seed, scene } = report.settings;
  const how = `--mutate=${name} caught by ${mutant.by}, --scene=${scene} --seed=${seed}, ${(report.violation.atMs / 1000).toFixed(1)} s of it`;
  // Whatever speaks with the rule in as well says nothing about the rule.
  const whole = mutant.isLong ? [] : told(run({ seed, scene, nodes: null, untilMs: null }), process.versions.node);
  if (whole.length > 0) return { isOk: false, words: [`${how}; but so is the simulator with the rule in`, ...whole] };
  const isRecorded = runs === 1;
  return { isOk: true, words: [isRecorded ? how : `${how}: no longer by --seed=${mutant.seed}, after ${runs} seeds`] };
}

// ── the main thread: what is to be done, and what came out ──

class Workers {
  #idle = [];
  #queue = [];

  constructor(count) {
    this.count = count;
    for (let i = 0; i < count; i++) {
      const slot = { worker: new Worker(fileURLToPath(import.meta.url)), settle: null };
      slot.worker.on('message', (result) => this.#settled(slot, ({ resolve }) => resolve(result)));
      slot.worker.on('error', (error) => this.#settled(slot, ({ reject }) => reject(error)));
      this.#idle.push(slot);
    }
  }

  /** In the order asked for, each on the next worker that is free. */
  do(task) {
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject });
      this.#next();
    });
  }

  async end() {
    await Promise.all(this.#idle.map(({ worker }) => worker.terminate()));
  }

  #next() {
    if (this.#queue.length === 0 || this.#idle.length === 0) return;
    const slot = this.#idle.pop();
    slot.settle = this.#queue.shift();
    slot.worker.postMessage(slot.settle.task);
  }

  #settled(slot, how) {
    const { settle } = slot;
    slot.settle = null;
    this.#idle.push(slot);
    how(settle);
    this.#next();
  }
}

const seconds = (fromMs) => `${((performance.now() - fromMs) / 1000).toFixed(1)} s`;
const hours = (virtualMs) => `${(virtualMs / 3_600_000).toFixed(1)} virtual hours`;

function say(isOk, line, more = []) {
  console.log(`${isOk ? 'ok' : 'FAILED'}: ${line}`);
  for (const one of more) console.log(`  ${one}`);
  return isOk;
}

async function mutants(workers) {
  const fromMs = performance.now();
  // The longest first, so that no worker ends long after the other.
  const inOrder = [...MUTANTS].sort((a, b) => (b.isLong ?? false) - (a.isLong ?? false));
  const oks = await Promise.all(
    inOrder.map(async ({ name }) => {
      const { isOk, words } = await workers.do({ kind: 'mutant', name });
      return say(isOk, `mutant ${name}: ${words[0]}`, words.slice(1));
    }),
  );
  console.log(`mutants: ${oks.filter(Boolean).length} of ${oks.length} as they must be, in ${seconds(fromMs)}`);
  return oks;
}

async function graphs(workers) {
  const fromMs = performance.now();
  const untilMs = Number.POSITIVE_INFINITY;
  const tasks = Array.from({ length: GRAPHS / GRAPHS_A_TASK }, (_, i) => ({
    scene: 'graph',
    from: i * GRAPHS_A_TASK,
    count: GRAPHS_A_TASK,
  }));
  const sum = total(await Promise.all(tasks.map((task) => workers.do({ kind: 'play', ...task, untilMs }))));
  const isOk = sum.problem.length === 0 && sum.runs === GRAPHS;
  return [
    say(isOk, `graphs: ${sum.runs} of ${GRAPHS} directed graphs of four, ${hours(sum.virtualMs)} in ${seconds(fromMs)}`, sum.problem),
  ];
}

async function seeds(workers, { first, withinS }) {
  const fromMs = performance.now();
  const untilMs = Date.now() + withinS * 1000;
  const found = [];
  let next = first;
  const isOver = () => next >= first + SEEDS_MAX || Date.now() >= untilMs || found.some(({ problem }) => problem.length > 0);
  const keepOn = async () => {
    while (!isOver()) {
      const from = next;
      next += SEEDS_A_TASK;
      found.push(await workers.do({ kind: 'play', scene: 'proof', from, count: SEEDS_A_TASK, untilMs }));
    }
  };
  await Promise.all(Array.from({ length: workers.count }, keepOn));
  const sum = total(found);
  const isOk = sum.problem.length === 0 && sum.runs > 0;
  const played = `${sum.runs} of ${SEEDS_MAX} seeds from --seed=${first} on in ${seconds(fromMs)} with ${workers.count} workers`;
  const each = `${hours(sum.virtualMs)}, ${(sum.faultCount / Math.max(1, sum.runs)).toFixed(1)} faults a seed`;
  return [say(isOk, `seeds: ${played}, ${each}, ${isOk ? 0 : 1} violations`, sum.problem)];
}

function total(parts) {
  const sum = (of) => parts.reduce((before, part) => before + of(part), 0);
  return {
    runs: sum(({ runs }) => runs),
    virtualMs: sum(({ virtualMs }) => virtualMs),
    faultCount: sum(({ faultCount }) => faultCount),
    problem: parts.find(({ problem }) => problem.length > 0)?.problem ?? [],
  };
}

const STAGES = { mutants, graphs, seeds };

const HELP = `
npm run proof -- [mutants] [graphs] [seeds] [--workers=2] [--seconds=90] [--seed=1] [--report=PATH]

Proves by simulation, all of it or the parts that are named:
  mutants  every rule that is taken out is missed by the checker that stands for it, and by none while it is in
  graphs   all 4,096 ways in which four voters may hear each other: a mutually reachable majority is quorate (L1)
  seeds    clusters with faults by chance, as many of 10,000 as fit into the seconds: no rule is ever broken

--seed: the first one; --report: a file for the counts, as JSON. Exit 0 when all of it held, 1 when not, 64 for usage.
`;

const LINE = {
  npm: 'run proof',
  help: HELP,
  flags: { workers: whole(1, 64), seconds: whole(1, 86_400), seed: whole(0, 4_294_967_295), report: text('PATH') },
  words: { kind: oneOf('part', Object.keys(STAGES)), max: Object.keys(STAGES).length },
};

async function main() {
  const { flags, words: named } = commandLine(LINE);
  await install();
  // Once, before the workers would all do it.
  await simulator();
  const workers = new Workers(flags.workers ?? 2);
  const options = { first: flags.seed ?? 1, withinS: flags.seconds ?? 90 };
  const oks = [];
  for (const [name, stage] of Object.entries(STAGES))
    if (named.length === 0 || named.includes(name)) oks.push(...(await stage(workers, options)));
  await workers.end();
  const passed = oks.filter(Boolean).length;
  if (flags.report !== undefined) writeFileSync(flags.report, JSON.stringify({ passed, failed: oks.length - passed, skipped: 0 }));
  process.exitCode = passed === oks.length ? 0 : 1;
}

if (isMainThread) await main();
else parentPort.on('message', async (task) => parentPort.postMessage(await carryOut[task.kind](task)));
