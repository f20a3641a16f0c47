// The figures of both contenders put side by side: judged, and as a table for the terminal.

import { KEYS, type Measured, ROWS, type Row } from './rows.ts';

export interface Comparison {
  /** `''`: it is not installed here. */
  readonly serfVersion: string;
  readonly quorate: Readonly<Record<string, Measured>>;
  readonly serf: Readonly<Record<string, Measured>>;
}

export interface Line {
  readonly row: Row;
  readonly count: number;
  readonly ours: number;
  readonly theirs: number | null;
  /** Ours ÷ theirs; null when there is nothing to compare with. */
  readonly ratio: number | null;
  readonly bound: number | null;
  readonly verdict: 'reached' | 'missed' | null;
}

/** One a row and size that was measured of us. */
export function linesOf({ quorate, serf }: Comparison): Line[] {
  return ROWS.flatMap((row) =>
    sizesOf({ quorate }).flatMap((count) => {
      const ours = quorate[count]?.[row.key];
      return ours === undefined ? [] : [lineOf(row, count, ours, serf[count]?.[row.key] ?? null)];
    }),
  );
}

export function isReached(comparison: Comparison): boolean {
  return linesOf(comparison).every(({ verdict }) => verdict !== 'missed');
}

export function sizesOf({ quorate }: Pick<Comparison, 'quorate'>): number[] {
  return Object.keys(quorate)
    .map(Number)
    .sort((a, b) => a - b);
}

/** A block of lines a row: size, ours, serf's, ratio, bound, verdict. */
export function comparisonTable(comparison: Comparison): string {
  const cells = [['figure', 'N', 'quorate', 'serf', 'ratio', 'to reach', '']];
  let last: Row | null = null;
  for (const line of linesOf(comparison)) {
    const { row, count, ours, theirs, ratio } = line;
    const title = row === last ? '' : `${row.title}${row.unit === '' ? '' : `, ${row.unit}`}`;
    last = row;
    cells.push([
      title,
      String(count),
      brief(ours),
      brief(theirs),
      ratio === null ? '' : `${brief(ratio)} ×`,
      boundText(line),
      outcome(line),
    ]);
  }
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const isText = (column: number): boolean => column === 0 || column === 6;
  return cells
    .map((row) =>
      row
        .map((cell, column) => (isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Checks what was read from a file or from another process, because a misspelt key would be drawn as nothing. */
export function asMeasured(value: unknown): Measured {
  if (typeof value !== 'object' || value === null) throw new Error(`these are no figures: ${JSON.stringify(value)}`);
  for (const [key, figure] of Object.entries(value)) {
    if (!(KEYS as readonly string[]).includes(key) || typeof figure !== 'number' || !Number.isFinite(figure))
      throw new Error(`${key} is no figure: ${JSON.stringify(figure)}`);
  }
  return value as Measured;
}

function lineOf(row: Row, count: number, ours: number, theirs: number | null): Line {
  const wanted = row.bound(count);
  const bound = wanted === 'as the peer' ? theirs : wanted;
  const ratio = theirs === null || theirs === 0 ? null : ours / theirs;
  const isIn = bound === null || (row.better === 'more' ? ours >= bound : ours <= bound);
  return { row, count, ours, theirs, ratio, bound, verdict: bound === null ? null : isIn ? 'reached' : 'missed' };
}

/** How far off a missed bound is: in shares of it, or as a count where it is 0. */
export function outcome({ verdict, ours, bound, row }: Line): string {
  if (verdict !== 'missed' || bound === null) return verdict ?? '';
  if (bound === 0) return `MISSED by ${brief(ours)}`;
  return `MISSED: ${brief(ours / bound)} × ${row.better === 'more' ? 'of it' : 'as much'}`;
}

function boundText({ bound, row }: Line): string {
  return bound === null ? '' : `${row.better === 'more' ? '≥' : '≤'} ${brief(bound)}`;
}

export function brief(value: number | null): string {
  if (value === null) return '';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
