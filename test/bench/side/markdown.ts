// The figures side by side as the README holds them: a line for each that has a bound, and a table of all others.

import { brief, type Comparison, type Line, linesOf, outcome, sizesOf } from './comparison.ts';
import { ROWS, type Row } from './rows.ts';

/** Both, to be put into the README. */
export function markdownOf(comparison: Comparison): string {
  return `${judgedTable(comparison).join('\n')}\n\n${toldTable(comparison).join('\n')}\n`;
}

/** The same page with the figures of today: each line that begins as one of ours is replaced, all else stays. */
export function renewed(page: string, comparison: Comparison): string {
  const lines = page.split('\n');
  let last = -1;
  for (const row of [...judgedTable(comparison), ...toldTable(comparison)]) {
    const start = row.slice(0, row.indexOf(' | ') + 3);
    // Below a head, which has been found.
    const places = start === '| --- | ' ? [last + 1] : [...lines.keys()].filter((place) => lines[place]!.startsWith(start));
    if (places.length !== 1)
      throw new Error(`${places.length} lines begin with "${start}", and exactly one must, to be replaced by: ${row}`);
    last = places[0]!;
    lines[last] = row;
  }
  return lines.join('\n');
}

/** Every figure that has a bound. Rows of what is printed by other commands can stand below. */
export function judgedTable(comparison: Comparison): string[] {
  const sizes = sizesOf(comparison);
  const head = ['What this version set out to reach', 'To reach', `Measured, at N = ${sizes.join(', ')}`, '', 'Printed by'];
  const rows = rowsOf(comparison, isJudged).map(([row, lines]) => {
    const at = (size: number): Line | undefined => lines.find(({ count }) => count === size);
    const ours = sizes.map((size) => brief(at(size)?.ours ?? null) || '–').join(', ');
    const theirs = sizes.map((size) => brief(at(size)?.theirs ?? null) || '–');
    const measured = theirs.every((one) => one === '–') ? ours : `${ours} (serf ${theirs.join(', ')})`;
    return [titleOf(row), boundsOf(row, lines), measured, outcomeOf(lines), '`bench side-by-side`'];
  });
  return table(head, rows);
}

/** Figures without a bound, a column a size. */
export function toldTable(comparison: Comparison): string[] {
  const sizes = sizesOf(comparison);
  const rows = rowsOf(comparison, (row) => !isJudged(row)).map(([row, lines]) => [
    titleOf(row),
    ...sizes.map((size) => {
      const line = lines.find(({ count }) => count === size);
      if (line === undefined) return '–';
      return line.theirs === null ? brief(line.ours) : `${brief(line.ours)} (${brief(line.theirs)})`;
    }),
  ]);
  const head = ['Figure: ours (serf’s)', ...sizes.map((size) => `N = ${size}`)];
  return table(head, rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function rowsOf(comparison: Comparison, isWanted: (row: Row) => boolean): [Row, Line[]][] {
  const lines = linesOf(comparison);
  return ROWS.filter(isWanted)
    .map((row): [Row, Line[]] => [row, lines.filter((line) => line.row === row)])
    .filter(([, own]) => own.length > 0);
}

/** Of a row, whether or not there was a peer to measure. */
function isJudged({ bound }: Row): boolean {
  return bound(0) !== null;
}

function titleOf({ title, unit }: Row): string {
  return unit === '' ? title : `${title}, ${unit}`;
}

function boundsOf(row: Row, lines: readonly Line[]): string {
  const sign = row.better === 'more' ? '≥' : '≤';
  const bounded = lines.filter(({ count }) => row.bound(count) !== null);
  if (bounded.length === 0) return '';
  const bounds = bounded.map(({ count }) => row.bound(count));
  const texts = [...new Set(bounds.map((bound) => (typeof bound === 'number' ? `${sign} ${brief(bound)}` : `${sign} serf’s`)))].join('; ');
  return bounded.length < lines.length ? `${texts} up to N = ${bounded.at(-1)?.count}` : texts;
}

/** The worst size says how far off it is. */
function outcomeOf(lines: readonly Line[]): string {
  const judged = lines.filter(({ verdict }) => verdict !== null);
  if (judged.length === 0) return '';
  const missed = judged.filter(({ verdict }) => verdict === 'missed');
  if (missed.length === 0) return 'reached';
  const worst = missed.reduce((a, b) => (shortfall(b) > shortfall(a) ? b : a));
  const where = missed.map(({ count }) => count).join(', ');
  return `**missed** at N = ${where}: ${missed.length > 1 ? 'at worst ' : ''}${outcome(worst).replace(/^MISSED:? /, '')}`;
}

function shortfall({ ours, bound, row }: Line): number {
  if (bound === null) return 0;
  return row.better === 'more' ? bound / ours : ours / Math.max(bound, Number.MIN_VALUE);
}
