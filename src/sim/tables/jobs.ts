// A table as work to be shared out: one job is one run of one row. What it came to is plain data, added up by rows again.

import { added, type Figures, NOTHING } from '../census/index.ts';
import type { Row } from './table.ts';
import { Trial, type TrialHooks } from './trial.ts';

export interface Job {
  readonly table: string;
  /** Of the table's rows. */
  readonly row: number;
  readonly seed: number;
}

export interface Played {
  readonly job: Job;
  readonly figures: Figures;
  readonly virtualMs: number;
}

export interface Runs {
  /** The first. */
  readonly seed: number;
  /** Null: as many as each row wants. */
  readonly runs: number | null;
  readonly isQuick: boolean;
}

/** All runs of the rows of a table. */
export function jobsOf(table: string, rows: readonly Row[], { seed, runs, isQuick }: Runs): Job[] {
  return rows.flatMap((row, index) =>
    Array.from({ length: runs ?? (isQuick ? 1 : row.runs) }, (_, run) => ({ table, row: index, seed: seed + run })),
  );
}

export function playJob(job: Job, row: Row, hooks: TrialHooks = {}): Played {
  const trial = new Trial(job.seed, row.nodes, hooks);
  row.play(trial);
  const figures = trial.play();
  return { job, figures, virtualMs: trial.world.nowMs };
}

/** Of each row. */
export function sumsOf(rowCount: number, played: readonly Played[]): readonly Figures[] {
  return Array.from({ length: rowCount }, (_, row) =>
    played.filter(({ job }) => job.row === row).reduce((sum, { figures }) => added(sum, figures), NOTHING),
  );
}
