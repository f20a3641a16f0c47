// Many seeds, shared out among workers, until all are played or the time is over; and campaigns, which mix sizes and never end by
// themselves.

import { parseCommandLine } from './command-line.ts';
import { conclude, OK, type Terminal } from './conclusion.ts';
import { type Report, run } from './run.ts';

export interface Outcome {
  readonly runs: number;
  readonly virtualMs: number;
  readonly faultCount: number;
  readonly tookMs: number;
  readonly violation: Report | null;
}

const PROGRESS_MS = 10_000;
/** Every so many runs of a campaign is a crowd. */
const CROWD_EVERY = 25;
const CROWD_MIN = 40;
const CROWD_MAX = 200;

/** The seeds that are this worker's, in order. */
export function portion(argv: readonly string[], index: number, workers: number, terminal: Terminal): Outcome {
  const line = parseCommandLine(argv);
  const fromMs = terminal.elapsedMs();
  let saidMs = fromMs;
  let runs = 0;
  let virtualMs = 0;
  let faultCount = 0;
  if (line.kind !== 'run') return { runs, virtualMs, faultCount, tookMs: 0, violation: null };
  for (let i = index; i < line.runs; i += workers) {
    const elapsedMs = terminal.elapsedMs() - fromMs;
    if (line.withinMs !== null && elapsedMs > line.withinMs) break;
    const seed = line.settings.seed + i;
    const nodes =
      line.isCampaign && i % CROWD_EVERY === CROWD_EVERY - 1 ? CROWD_MIN + (seed % (CROWD_MAX - CROWD_MIN)) : line.settings.nodes;
    const report = run({ ...line.settings, seed, nodes });
    runs += 1;
    virtualMs += report.untilMs;
    faultCount += report.faults.length;
    if (report.violation !== null) return { runs, virtualMs, faultCount, tookMs: terminal.elapsedMs() - fromMs, violation: report };
    if (terminal.elapsedMs() - saidMs > PROGRESS_MS) {
      saidMs = terminal.elapsedMs();
      terminal.print(`worker ${index + 1}: ${runs} seeds`);
    }
  }
  return { runs, virtualMs, faultCount, tookMs: terminal.elapsedMs() - fromMs, violation: null };
}

/** The exit code. */
export function summary(outcomes: readonly Outcome[], terminal: Terminal): number {
  const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const runs = sum(({ runs: count }) => count);
  const hours = sum(({ virtualMs }) => virtualMs) / 3_600_000;
  const tookS = Math.max(...outcomes.map(({ tookMs }) => tookMs)) / 1000;
  terminal.print(
    `${runs} seeds, ${hours.toFixed(1)} virtual hours, ${(sum(({ faultCount }) => faultCount) / Math.max(1, runs)).toFixed(1)} faults a seed, in ${tookS.toFixed(1)} s with ${outcomes.length} workers`,
  );
  const broken = outcomes.find(({ violation }) => violation !== null)?.violation ?? null;
  if (broken === null) {
    terminal.print('every invariant held');
    return OK;
  }
  for (const fault of broken.faults) terminal.print(`  ${fault}`);
  return conclude(broken, terminal);
}
