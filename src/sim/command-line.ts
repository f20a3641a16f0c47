// The flags of `npm run sim`, read without a library: a usage error is a value with the sentence to print.

import type { Settings } from './run.ts';
import { findScene, SCENES } from './scenes/index.ts';
import { findTable, TABLES } from './tables/index.ts';

/** What is to be measured, and how large. */
export interface Measurement {
  readonly tables: readonly string[];
  readonly seed: number;
  /** Null: each table's own. */
  readonly nodes: readonly number[] | null;
  readonly runs: number | null;
  readonly isQuick: boolean;
}

export interface RunLine {
  readonly kind: 'run';
  readonly settings: Settings;
  readonly runs: number;
  readonly workers: number;
  readonly withinMs: number | null;
  readonly isCampaign: boolean;
  readonly isNarrated: boolean;
}

export type CommandLine =
  | RunLine
  | { readonly kind: 'measure'; readonly measurement: Measurement; readonly workers: number }
  | { readonly kind: 'mutate'; readonly name: string }
  | { readonly kind: 'list-tables' }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage-error'; readonly message: string };

const FLAGS: readonly string[] = [
  ...['seed', 'nodes', 'until', 'scene', 'runs', 'within', 'workers', 'campaign', 'narrate'],
  ...['mutate', 'table', 'quick', 'help'],
];
/** What takes no value. */
const SWITCHES: readonly string[] = ['campaign', 'narrate', 'quick', 'help'];
/** What goes with --table. */
const MEASURING: readonly string[] = ['table', 'seed', 'nodes', 'runs', 'quick', 'workers'];
const NODES_MAX = 16_384;
/** Of a measurement: one dies and a majority lives on. */
const NODES_MIN = 3;
/** Nobody sees the end of it: what a campaign plays. */
const RUNS_MAX = 100_000_000;
const WORKERS_MAX = 64;

/** Chaos is what many seeds are for, and what one seed without a scene means. */
const DEFAULT_SCENE = 'chaos';

/** Of values that are no plain numbers. */
const EXAMPLES: Readonly<Record<string, string>> = { scene: DEFAULT_SCENE, until: '120s', within: '120s', table: 'crash', mutate: 'list' };

class UsageError extends Error {}

export function parseCommandLine(argv: readonly string[]): CommandLine {
  try {
    const given = readFlags(argv);
    if (given.has('help')) return { kind: 'help' };
    if (given.has('table')) return measuring(given);
    if (given.has('mutate')) return mutating(given);
    if (given.has('quick')) throw new UsageError('--quick goes with --table=NAME; --table=list names them');
    return running(given);
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'usage-error', message: error.message };
    throw error;
  }
}

function running(given: ReadonlyMap<string, string>): RunLine {
  const isCampaign = given.has('campaign');
  const scene = given.get('scene') ?? (isCampaign ? 'proof' : DEFAULT_SCENE);
  const scenes = SCENES.map(({ name }) => name);
  if (findScene(scene) === null)
    throw new UsageError(`--scene=${scene}: no such scene${nearest(scene, scenes)}\nscenes: ${scenes.join(' ')}`);
  const runs = given.has('runs') ? wholeNumber('runs', given.get('runs')!, 1, RUNS_MAX) : isCampaign ? RUNS_MAX : 1;
  const withinMs = given.has('within') ? duration('within', given.get('within')!) : null;
  if (withinMs !== null && runs === 1) throw new UsageError('--within goes with --runs=K or --campaign: one run is played to its end');
  if (given.has('narrate') && runs > 1)
    throw new UsageError('--narrate tells one history: it goes neither with --runs nor with --campaign');
  return {
    kind: 'run',
    settings: {
      seed: given.has('seed') ? wholeNumber('seed', given.get('seed')!, 0, 4_294_967_295) : 1,
      scene,
      nodes: given.has('nodes') ? wholeNumber('nodes', given.get('nodes')!, 1, NODES_MAX) : null,
      untilMs: given.has('until') ? duration('until', given.get('until')!) : null,
    },
    runs,
    // A history is not cut in two.
    workers: Math.min(workersOf(given), runs),
    withinMs,
    isCampaign,
    isNarrated: given.has('narrate'),
  };
}

/** A mutant brings its scene and its seed with it; which there are, scripts/mutants.mjs knows. */
function mutating(given: ReadonlyMap<string, string>): CommandLine {
  for (const flag of given.keys()) if (flag !== 'mutate') throw new UsageError(`--mutate does not go with --${flag}`);
  return { kind: 'mutate', name: given.get('mutate')! };
}

function workersOf(given: ReadonlyMap<string, string>): number {
  return given.has('workers') ? wholeNumber('workers', given.get('workers')!, 1, WORKERS_MAX) : 1;
}

function measuring(given: ReadonlyMap<string, string>): CommandLine {
  for (const flag of given.keys()) if (!MEASURING.includes(flag)) throw new UsageError(`--table does not go with --${flag}`);
  const asked = given.get('table')!;
  if (asked === 'list') return { kind: 'list-tables' };
  const names = asked === 'all' ? TABLES.filter(({ isHuge }) => !isHuge).map(({ name }) => name) : asked.split(',');
  const known = [...TABLES.map(({ name }) => name), 'all', 'list'];
  for (const name of names) {
    if (name === 'all' || name === 'list') throw new UsageError(`--table=${name} is asked for alone, not as one of several`);
    if (findTable(name) === null) throw new UsageError(`--table=${name}: no such table${nearest(name, known)}\ntables: ${known.join(' ')}`);
  }
  return {
    kind: 'measure',
    measurement: {
      tables: names,
      seed: given.has('seed') ? wholeNumber('seed', given.get('seed')!, 0, 4_294_967_295) : 1,
      nodes:
        given
          .get('nodes')
          ?.split(',')
          .map((text) => wholeNumber('nodes', text, NODES_MIN, NODES_MAX)) ?? null,
      runs: given.has('runs') ? wholeNumber('runs', given.get('runs')!, 1, RUNS_MAX) : null,
      isQuick: given.has('quick'),
    },
    workers: workersOf(given),
  };
}

/** One line a table. */
export function tablesText(): string {
  const width = Math.max(...TABLES.map(({ name }) => name.length));
  return TABLES.map(({ name, story, isHuge }) => `  ${name.padEnd(width)}  ${story}${isHuge ? ' (not among all)' : ''}`).join('\n');
}

export function helpText(): string {
  const width = Math.max(...SCENES.map(({ name }) => name.length));
  return [
    'npm run sim -- [--seed=N] [--nodes=N] [--until=120s] [--scene=NAME] [--narrate | --runs=K | --campaign] [--within=90s] [--workers=W]',
    '',
    'Plays a scene with many agents over a simulated network; the same flags give the same history. --narrate prints what happens.',
    '--runs=K takes the seeds N to N+K-1, --campaign all from N on, at sizes up to 200 members, until it is stopped; --within=90s ends either',
    'when the time is over, --workers=W shares the seeds out. Exit 0 when every invariant held, 1 when not, 64 for usage.',
    '',
    'npm run sim -- --mutate=NAME',
    '',
    'Plays without one rule, which must be caught: exit 0 when it was, 1 when not. --mutate=list names the rules; src/ARCHITECTURE.md says',
    'what their numbers mean.',
    '',
    'npm run sim -- --table=NAME[,NAME] [--seed=N] [--nodes=N[,N]] [--runs=K] [--quick] [--workers=W]',
    '',
    'Measures instead, and prints a table and a line of JSON: --table=list names the tables, --table=all plays all but those of ten thousand',
    'members; --nodes, --runs: other sizes and numbers of runs than theirs, --quick: small ones. Exit 0 when each row came out as expected.',
    '',
    tablesText(),
    '',
    ...SCENES.map(({ name, story }) => `  ${name.padEnd(width)}  ${story}`),
  ].join('\n');
}

export function formatSettings(settings: Settings): string {
  const parts = [`--seed=${settings.seed}`, `--scene=${settings.scene}`];
  if (settings.nodes !== null) parts.push(`--nodes=${settings.nodes}`);
  if (settings.untilMs !== null) parts.push(`--until=${settings.untilMs}ms`);
  return parts.join(' ');
}

export function formatRun({ settings, runs, withinMs, isCampaign }: RunLine): string {
  const parts = [formatSettings(settings)];
  if (isCampaign) parts.push('--campaign');
  if (runs !== (isCampaign ? RUNS_MAX : 1)) parts.push(`--runs=${runs}`);
  if (withinMs !== null) parts.push(`--within=${withinMs}ms`);
  return parts.join(' ');
}

export function formatMeasurement({ tables, seed, nodes, runs, isQuick }: Measurement): string {
  const parts = [`--table=${tables.join(',')}`, `--seed=${seed}`];
  if (nodes !== null) parts.push(`--nodes=${nodes.join(',')}`);
  if (runs !== null) parts.push(`--runs=${runs}`);
  if (isQuick) parts.push('--quick');
  return parts.join(' ');
}

/** `--flag=value` and `--flag value`; a later one wins. */
function readFlags(argv: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!;
    const match = /^--([a-z-]+)(?:=(.*))?$/s.exec(argument);
    if (match === null) throw new UsageError(`${argument}: not a flag; flags are ${FLAGS.map((flag) => `--${flag}`).join(' ')}`);
    const flag = match[1]!;
    if (!FLAGS.includes(flag)) throw new UsageError(`--${flag}: no such flag${nearest(flag, FLAGS, '--')}`);
    if (SWITCHES.includes(flag)) {
      if (match[2] !== undefined) throw new UsageError(`--${flag} takes no value, and was given ${match[2]}`);
      given.set(flag, '');
      continue;
    }
    const value = match[2] ?? argv[++i];
    if (value === undefined || value === '') throw new UsageError(`--${flag} needs a value, as in --${flag}=${EXAMPLES[flag] ?? '5'}`);
    given.set(flag, value);
  }
  return given;
}

function wholeNumber(flag: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new UsageError(`--${flag}=${text}: not a whole number from ${min} to ${max}`);
  return value;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function duration(flag: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const ms = match === null ? Number.NaN : Number(match[1]) * UNIT_MS[match[2]!]!;
  if (!(ms > 0)) throw new UsageError(`--${flag}=${text}: not a duration; write it as 500ms, 120s, 5m or 1h`);
  return ms;
}

/** What was probably meant, as a clause, if anything comes near. */
function nearest(given: string, known: readonly string[], prefix = ''): string {
  let best = '';
  let bestDistance = Math.max(2, given.length >> 1) + 1;
  for (const candidate of known) {
    const distance = editDistance(given, candidate);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best === '' ? '' : `; did you mean ${prefix}${best}?`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
