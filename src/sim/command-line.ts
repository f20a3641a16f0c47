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

export type CommandLine =
  | {
      readonly kind: 'run';
      readonly settings: Settings;
      readonly runs: number;
      readonly withinMs: number | null;
      readonly isCampaign: boolean;
      readonly isNarrated: boolean;
    }
  | { readonly kind: 'measure'; readonly measurement: Measurement }
  | { readonly kind: 'list-tables' }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage-error'; readonly message: string };

const FLAGS = ['seed', 'nodes', 'until', 'scene', 'runs', 'within', 'campaign', 'narrate', 'table', 'quick', 'help'] as const;
/** What goes with --table. */
const MEASURING: readonly string[] = ['table', 'seed', 'nodes', 'runs', 'quick'];
const NODES_MAX = 16_384;
/** Of a measurement: one dies and a majority lives on. */
const NODES_MIN = 3;
const RUNS_MAX = 100_000_000;

/** Chaos is what many seeds are for, and what one seed without a scene means. */
const DEFAULT_SCENE = 'chaos';

/** Of values that are no plain numbers. */
const EXAMPLES: Readonly<Record<string, string>> = { scene: DEFAULT_SCENE, until: '120s', within: '120s', table: 'crash' };

class UsageError extends Error {}

export function parseCommandLine(argv: readonly string[]): CommandLine {
  try {
    const given = readFlags(argv);
    if (given.has('help')) return { kind: 'help' };
    if (given.has('table')) return measuring(given);
    if (given.has('quick')) throw new UsageError('--quick goes with --table=NAME; --table=list names them');
    const scene = given.get('scene') ?? (given.has('campaign') ? 'proof' : DEFAULT_SCENE);
    if (findScene(scene) === null) {
      throw new UsageError(
        `--scene=${scene}: no such scene${nearest(
          scene,
          SCENES.map(({ name }) => name),
        )}\nscenes: ${SCENES.map(({ name }) => name).join(' ')}`,
      );
    }
    return {
      kind: 'run',
      settings: {
        seed: given.has('seed') ? wholeNumber('seed', given.get('seed')!, 0, 4_294_967_295) : 1,
        scene,
        nodes: given.has('nodes') ? wholeNumber('nodes', given.get('nodes')!, 1, NODES_MAX) : null,
        untilMs: given.has('until') ? duration('until', given.get('until')!) : null,
      },
      runs: given.has('runs') ? wholeNumber('runs', given.get('runs')!, 1, RUNS_MAX) : given.has('campaign') ? RUNS_MAX : 1,
      withinMs: given.has('within') ? duration('within', given.get('within')!) : null,
      isCampaign: given.has('campaign'),
      isNarrated: given.has('narrate'),
    };
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'usage-error', message: error.message };
    throw error;
  }
}

function measuring(given: ReadonlyMap<string, string>): CommandLine {
  for (const flag of given.keys()) if (!MEASURING.includes(flag)) throw new UsageError(`--table does not go with --${flag}`);
  const asked = given.get('table')!;
  if (asked === 'list') return { kind: 'list-tables' };
  const names = asked === 'all' ? TABLES.filter(({ isHuge }) => !isHuge).map(({ name }) => name) : asked.split(',');
  const known = [...TABLES.map(({ name }) => name), 'all', 'list'];
  for (const name of names) {
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
    'npm run sim -- [--seed=N] [--nodes=N] [--until=120s] [--scene=NAME] [--runs=K] [--within=90s] [--workers=W] [--campaign] [--mutate=NAME] [--narrate]',
    '',
    'Plays a scene with many agents over a simulated network; the same flags give the same history.',
    '--runs=K takes the seeds N to N+K-1, --within=90s as many of them as fit, --workers=W shares them out; --campaign mixes sizes up to 200',
    'members and ends when it is stopped; --narrate prints what happens. --mutate=list, --mutate=NAME: the simulator without one rule, which',
    'must be caught. Exit 0 when every invariant held (with --mutate: when the mutant was caught), 1 when not, 64 for usage.',
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
    if (!FLAGS.some((known) => known === flag)) throw new UsageError(`--${flag}: no such flag${nearest(flag, FLAGS, '--')}`);
    if (flag === 'help' || flag === 'narrate' || flag === 'campaign' || flag === 'quick') {
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
