import { expect, test } from 'vitest';
import { asMeasured, type Comparison, comparisonTable, isReached, linesOf } from './side/comparison.ts';
import { judgedTable, markdownOf, renewed, toldTable } from './side/markdown.ts';

function compared(change: Partial<Comparison> = {}): Comparison {
  return {
    serfVersion: '1',
    quorate: { '20': { failedLastS: 6.6, membersPerS: 900 }, '5': { failedLastS: 4.4, pauseFailed: 0 } },
    serf: { '20': { failedLastS: 8.4, membersPerS: 1000 } },
    ...change,
  };
}

function verdictOf(comparison: Comparison, key: string, count: number): string | null | undefined {
  return linesOf(comparison).find((line) => line.row.key === key && line.count === count)?.verdict;
}

test('what is within its bound is reached, and what is not is missed, at each size for itself', () => {
  expect(verdictOf(compared(), 'failedLastS', 5)).toBe('reached');
  expect(verdictOf(compared(), 'failedLastS', 20)).toBe('missed');
  expect(isReached(compared())).toBe(false);
  expect(isReached(compared({ quorate: { '5': { failedLastS: 5.5, pauseFailed: 0 } } }))).toBe(true);
});

test('a single wrong verdict misses the bound of none', () => {
  expect(verdictOf(compared({ quorate: { '5': { pauseFailed: 1 } } }), 'pauseFailed', 5)).toBe('missed');
});

test('where the bound is the peer’s figure, at least that is wanted, and without the peer nothing is judged', () => {
  const asMany = { quorate: { '20': { membersPerS: 1000 } } };
  expect(verdictOf(compared(), 'membersPerS', 20)).toBe('missed');
  expect(verdictOf(compared(asMany), 'membersPerS', 20)).toBe('reached');
  expect(verdictOf(compared({ ...asMany, serf: {} }), 'membersPerS', 20)).toBe(null);
});

test('a suspicion is wanted sooner in a small cluster than in a large one', () => {
  const quorate = { '5': { suspectLastS: 2.2 }, '100': { suspectLastS: 2.2 } };
  expect(verdictOf(compared({ quorate }), 'suspectLastS', 5)).toBe('missed');
  expect(verdictOf(compared({ quorate }), 'suspectLastS', 100)).toBe('reached');
});

test('the table names each figure once, sizes in order, with ratio, bound and how far off', () => {
  expect(comparisonTable(compared()).split('\n')).toEqual([
    'figure                                N  quorate   serf    ratio  to reach',
    'crash told as failed by the last, s   5      4.4                     ≤ 5.5  reached',
    '                                     20      6.6    8.4  0.786 ×     ≤ 5.5  MISSED: 1.2 × as much',
    '3 s pause of one: failed verdicts     5        0                       ≤ 0  reached',
    '`members` over one connection, /s    20      900  1,000    0.9 ×   ≥ 1,000  MISSED: 0.9 × of it',
  ]);
});

test('the rows with a bound are one line each: ours at every size, serf’s behind, and where it was missed', () => {
  expect(judgedTable(compared())).toEqual([
    '| What this version set out to reach | To reach | Measured, at N = 5, 20 |  | Printed by |',
    '| --- | --- | --- | --- | --- |',
    '| crash told as failed by the last, s | ≤ 5.5 | 4.4, 6.6 (serf –, 8.4) | **missed** at N = 20: 1.2 × as much | `bench side-by-side` |',
    '| 3 s pause of one: failed verdicts | ≤ 0 | 0, – | reached | `bench side-by-side` |',
    '| `members` over one connection, /s | ≥ serf’s | –, 900 (serf –, 1,000) | **missed** at N = 20: 0.9 × of it | `bench side-by-side` |',
  ]);
});

test('of the bounds that differ by size each is named', () => {
  const quorate = { '5': { suspectLastS: 1.2 }, '100': { suspectLastS: 2.2 } };
  expect(judgedTable(compared({ quorate, serf: {} }))).toEqual([
    '| What this version set out to reach | To reach | Measured, at N = 5, 100 |  | Printed by |',
    '| --- | --- | --- | --- | --- |',
    '| crash suspected by the last, s | ≤ 1.8; ≤ 2.5 | 1.2, 2.2 | reached | `bench side-by-side` |',
  ]);
});

test('the rows without a bound are a table with a column a size', () => {
  const quorate = { '5': { leaveLastS: 0.1 }, '20': { leaveLastS: 0.2, failedLastS: 4 } };
  const serf = { '20': { leaveLastS: 0.75 } };
  const lines = ['| Figure: ours (serf’s) | N = 5 | N = 20 |', '| --- | --- | --- |', '| leave seen by the last, s | 0.1 | 0.2 (0.75) |'];
  expect(toldTable(compared({ quorate, serf }))).toEqual(lines);
  expect(markdownOf(compared({ quorate, serf }))).toContain(lines.join('\n'));
});

test('in a page that holds the rows already only their figures change, and a page without one of them is refused', () => {
  const page = `# Title\n\n${markdownOf(compared({ serf: {} }))}\n| Figure | other |\n| leave seen | by whom |\n`;
  expect(renewed(page, compared())).toBe(`# Title\n\n${markdownOf(compared())}\n| Figure | other |\n| leave seen | by whom |\n`);
  // Fewer sizes are fewer columns, in the line below the head too.
  const quorate = { '5': { ...compared().quorate['5'], membersPerS: 1, leaveLastS: 1 } };
  const wide = `${markdownOf(compared({ quorate: { ...quorate, '20': { leaveLastS: 1 } } }))}`;
  expect(renewed(wide, compared({ quorate }))).toBe(markdownOf(compared({ quorate })));
  const without = page.replace('| 3 s pause of one: failed verdicts |', '| 3 s pause |');
  expect(() => renewed(without, compared())).toThrow('0 lines begin with "| 3 s pause of one: failed verdicts | "');
});

test('a figure that has no row, or is no number, is refused', () => {
  expect(asMeasured({ failedLastS: 4.4 })).toEqual({ failedLastS: 4.4 });
  expect(() => asMeasured({ failedLast: 4.4 })).toThrow('failedLast is no figure: 4.4');
  expect(() => asMeasured({ failedLastS: null })).toThrow('failedLastS is no figure: null');
  expect(() => asMeasured(null)).toThrow('these are no figures: null');
});
