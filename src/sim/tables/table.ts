// What a table is: rows, each a scene with a size, of which one figure or more is expected to come out.

import type { Figures } from '../census/index.ts';
import type { Trial } from './trial.ts';

export interface Row {
  readonly label: string;
  readonly nodes: number;
  /** When the command line does not say: more where a run is short. */
  readonly runs: number;
  readonly claims: readonly Claim[];
  play(trial: Trial): void;
}

/** Of all runs of a row together: null when it holds, else what is wrong. */
export type Claim = (figures: Figures) => string | null;

export interface TableOptions {
  /** Null: the table's own sizes. */
  readonly nodes: readonly number[] | null;
  /** Small and short: to see that it works. */
  readonly isQuick: boolean;
}

export interface Table {
  readonly name: string;
  readonly story: string;
  /** What a reader has to know of its columns. */
  readonly note: string;
  /** Too long to be among all. */
  readonly isHuge: boolean;
  rows(options: TableOptions): readonly Row[];
}

export const nobodyWronged: Claim = ({ opinions: { wrongVerdicts } }) =>
  wrongVerdicts === 0 ? null : `${wrongVerdicts} of the healthy were failed`;

export const oneView: Claim = ({ views }) =>
  views.every((count) => count <= 1) ? null : `a run took ${Math.max(...views)} changes of the record`;

export const allFailed: Claim = ({ failedMs }) => missing(failedMs, 'were not shown as failed by all');

export const allShown: Claim = ({ shownMs }) => missing(shownMs, 'times not all were shown by all');

export const allQuorate: Claim = ({ quorateMs }) => missing(quorateMs, 'times not all became quorate');

function missing(values: readonly (number | null)[], what: string): string | null {
  const count = values.filter((value) => value === null).length;
  return count === 0 ? null : `${count} of ${values.length} ${what}`;
}

/** Sizes of which the command line, or haste, may want others. */
export function sizes({ nodes, isQuick }: TableOptions, usual: readonly number[], quick: readonly number[]): readonly number[] {
  return nodes ?? (isQuick ? quick : usual);
}
