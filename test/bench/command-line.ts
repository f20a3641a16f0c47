// What `npm run bench` is asked for: its flags, what they go with, and its help.

import { type Line, list, oneOf, readLine, SWITCH, text, type Unstarted, whole } from '../../scripts/flags.mjs';
import type { Scale } from './figure.ts';

export interface Wishes {
  readonly kind: 'wishes';
  readonly names: readonly string[];
  readonly scale: Scale;
  /** Of the clusters side by side; null: those of the scale. */
  readonly sizes: readonly number[] | null;
  readonly json: string | null;
  readonly markdown: string | null;
}

export const SIDE_BY_SIDE = 'side-by-side';
/** Fewer lose their majority with the one that is killed; more have no address on the bench's net. */
const [SIZE_MIN, SIZE_MAX] = [3, 250];

/** `known`: all benchmarks, in the order in which they are played. */
export function lineOf(known: readonly string[]) {
  const flags = {
    only: list(oneOf('benchmark', known)),
    sizes: list(whole(SIZE_MIN, SIZE_MAX)),
    json: text('PATH'),
    markdown: text('PATH'),
    quick: SWITCH,
  };
  return { npm: 'run bench', help: helpText(known), flags } satisfies Line<typeof flags>;
}

export function readWishes(known: readonly string[], argv: readonly string[]): Wishes | Unstarted {
  const reading = readLine(lineOf(known), argv);
  if (reading.kind !== 'given') return reading;
  const { only, sizes, json, markdown, quick } = reading.flags;
  const names = only ?? known;
  // The others would be played for half an hour, and at sizes of their own.
  if (sizes !== undefined && only === undefined) return unfit(`--sizes=${sizes.join(',')} is for ${SIDE_BY_SIDE} alone`);
  if (sizes !== undefined && !names.includes(SIDE_BY_SIDE))
    return unfit(`--sizes=${sizes.join(',')} does not go with --only=${names.join(',')}`);
  if (markdown !== undefined && !names.includes(SIDE_BY_SIDE)) return unfit(`--markdown does not go with --only=${names.join(',')}`);
  return {
    kind: 'wishes',
    names,
    scale: quick === true ? 'quick' : 'full',
    sizes: sizes ?? null,
    json: json ?? null,
    markdown: markdown ?? null,
  };
}

function unfit(what: string): Unstarted {
  return { kind: 'usage-error', message: `${what}; add --only=${SIDE_BY_SIDE}` };
}

function helpText(known: readonly string[]): string {
  return `
npm run bench -- [--only=NAME,…] [--quick] [--sizes=N,…] [--json=PATH] [--markdown=PATH]

Measures, and prints one table with target and verdict, then the same as one line of JSON. ${SIDE_BY_SIDE} has a table of its own, with
serf beside us. Without flags all of it, which takes most of an hour.

--only      these benchmarks: ${known.join(' ')}
--quick     the same figures, measured for a shorter time: for a look
--sizes     how many agents stand side by side, each from ${SIZE_MIN} to ${SIZE_MAX}; with --only=${SIDE_BY_SIDE}
--json      a file for the JSON as well, over several lines
--markdown  a page for the tables side by side; where it has them already, only their figures change

Exit 0 when every target was met, 1 when one was MISSED or something could not be measured, 64 for usage.`;
}
