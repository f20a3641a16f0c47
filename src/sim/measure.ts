// `npm run sim -- --table=…`: plays the rows of tables, alone or shared out among workers, and prints what was measured: settings first,
// then each table, last what was expected and did not come out. The same settings give the same tables; how long it took is said apart.

import { formatMeasurement, type Measurement, parseCommandLine } from './command-line.ts';
import { OK, type Terminal } from './conclusion.ts';
import { findTable, type Job, jobsOf, type Played, playJob, type Row, renderTable, sumsOf, type TrialHooks } from './tables/index.ts';

const UNEXPECTED = 1;
const PROGRESS_MS = 10_000;

/** A job that was played, and how long that took on the real clock. */
export type Timed = Played & { readonly tookMs: number };

/** The exit code. */
export function measure(measurement: Measurement, terminal: Terminal, hooks: TrialHooks = {}): number {
  terminal.print(heading(measurement, terminal));
  const failures = measurement.tables.flatMap((name) => {
    const timed = playAll(measurement, jobsIn(measurement, name), name, terminal, hooks);
    return tell(measurement, name, timed, terminal);
  });
  return concludeTables(measurement, failures, terminal);
}

/** Every so-many-th job of all tables is this worker's. */
export function portionOfTables(argv: readonly string[], index: number, workers: number, terminal: Terminal): readonly Timed[] {
  const line = parseCommandLine(argv);
  if (line.kind !== 'measure') return [];
  const { measurement } = line;
  const jobs = measurement.tables.flatMap((name) => jobsIn(measurement, name));
  const own = jobs.filter((_, i) => i % workers === index);
  return playAll(measurement, own, `worker ${index + 1}`, terminal);
}

/** What all workers played, and the exit code. */
export function summaryOfTables(argv: readonly string[], portions: readonly (readonly Timed[])[], terminal: Terminal): number {
  const line = parseCommandLine(argv);
  if (line.kind !== 'measure') return UNEXPECTED;
  const { measurement } = line;
  terminal.print(heading(measurement, terminal));
  const timed = portions.flat();
  const failures = measurement.tables.flatMap((name) => tell(measurement, name, ofTable(name, timed), terminal));
  return concludeTables(measurement, failures, terminal);
}

function heading(measurement: Measurement, terminal: Terminal): string {
  return `sim ${formatMeasurement(measurement)} (Node ${terminal.nodeVersion})`;
}

function rowsOf(measurement: Measurement, name: string): readonly Row[] {
  const table = findTable(name);
  if (table === null) throw new RangeError(`no table is called ${name}`);
  return table.rows(measurement);
}

function jobsIn(measurement: Measurement, name: string): readonly Job[] {
  return jobsOf(name, rowsOf(measurement, name), measurement);
}

/** Says now and then how far it is. */
function playAll(measurement: Measurement, jobs: readonly Job[], who: string, terminal: Terminal, hooks: TrialHooks = {}): Timed[] {
  let saidMs = terminal.elapsedMs();
  return jobs.map((job, i) => {
    const fromMs = terminal.elapsedMs();
    const played = playJob(job, rowsOf(measurement, job.table)[job.row]!, hooks);
    const nowMs = terminal.elapsedMs();
    if (nowMs - saidMs > PROGRESS_MS) {
      saidMs = nowMs;
      terminal.print(`${who}: ${i + 1} of ${jobs.length} runs`);
    }
    return { ...played, tookMs: nowMs - fromMs };
  });
}

function ofTable(name: string, timed: readonly Timed[]): readonly Timed[] {
  // Whoever played them: in the order in which one would have.
  return timed.filter(({ job }) => job.table === name).sort((a, b) => a.job.row - b.job.row || a.job.seed - b.job.seed);
}

/** Prints it and returns what was not as expected. */
function tell(measurement: Measurement, name: string, timed: readonly Timed[], terminal: Terminal): readonly string[] {
  const table = findTable(name)!;
  const rows = rowsOf(measurement, name);
  const { lines, failures } = renderTable(table, measurement.seed, rows, sumsOf(rows.length, timed));
  terminal.print('');
  for (const line of lines) terminal.print(line);
  terminal.print(speed(rows, timed));
  return failures;
}

function speed(rows: readonly Row[], timed: readonly Timed[]): string {
  const total = (of: (one: Timed) => number): number => timed.reduce((sum, one) => sum + of(one), 0);
  const minutes = total(({ virtualMs }) => virtualMs) / 60_000;
  const slowest = timed.reduce((a, b) => (perMinute(b) > perMinute(a) ? b : a));
  const nodes = rows[slowest.job.row]!.nodes;
  return `played ${minutes.toFixed(1)} virtual minutes in ${(total(({ tookMs }) => tookMs) / 1000).toFixed(1)} s; a virtual minute of ${nodes} members took ${perMinute(slowest).toFixed(1)} s`;
}

/** Real seconds a virtual minute. */
function perMinute({ tookMs, virtualMs }: Timed): number {
  return (tookMs / 1000 / Math.max(1, virtualMs)) * 60_000;
}

function concludeTables(measurement: Measurement, failures: readonly string[], terminal: Terminal): number {
  terminal.print('');
  for (const failure of failures) terminal.print(`NOT AS EXPECTED ${failure}`);
  if (failures.length === 0) terminal.print('every row came out as expected');
  else terminal.print(`again: npm run sim -- ${formatMeasurement(measurement)}   (Node ${terminal.nodeVersion})`);
  return failures.length === 0 ? OK : UNEXPECTED;
}
