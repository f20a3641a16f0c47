// The chart of the README: what is drawn of figures, and that the picture and the README are those of the figures in the tree.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Drawable, drawChart } from '../../scripts/draw.mjs';
import { xmlProblem } from '../support/xml.ts';
import type { Comparison } from './side/comparison.ts';
import { judgedTable, toldTable } from './side/markdown.ts';

const figures: Drawable = {
  sideBySide: {
    quorate: {
      '5': { failedLastS: 4.4, suspectLastS: 1.7, bytesPerS: 600 },
      '20': { failedLastS: 4.5, suspectLastS: 1.9, bytesPerS: 700 },
      '100': { failedLastS: 4.75, suspectLastS: 2.25, bytesPerS: 900 },
    },
    serf: { '5': { failedLastS: 5.7, bytesPerS: 284 }, '100': { failedLastS: 10.1, bytesPerS: 1269 } },
  },
};

function titlesOf(svg: string): string[] {
  return [...svg.matchAll(/<title>([^<]*)<\/title>/g)].map((match) => match[1]!);
}

describe('a chart of given figures', () => {
  const svg = drawChart(figures);

  test('is the same each time, and well-formed', () => {
    expect(drawChart(structuredClone(figures))).toBe(svg);
    expect(xmlProblem(svg)).toBe(null);
  });

  test('names each point of each series with its unit, and leaves out what was not measured', () => {
    expect(titlesOf(svg).filter((title) => title.includes(' agents: '))).toEqual([
      'serf: failed, 5 agents: 5.7 s',
      'serf: failed, 100 agents: 10.1 s',
      'quorate: failed, 5 agents: 4.4 s',
      'quorate: failed, 20 agents: 4.5 s',
      'quorate: failed, 100 agents: 4.75 s',
      'quorate: suspect, 5 agents: 1.7 s',
      'quorate: suspect, 20 agents: 1.9 s',
      'quorate: suspect, 100 agents: 2.25 s',
      'serf, 5 agents: 284 B/s',
      'serf, 100 agents: 1,269 B/s',
      'quorate, 5 agents: 600 B/s',
      'quorate, 20 agents: 700 B/s',
      'quorate, 100 agents: 900 B/s',
    ]);
  });

  test('puts every point into its panel: higher is more, and equal factors of size are equal steps', () => {
    const lines = [...svg.matchAll(/<polyline points="([^"]*)"/g)].map((match) =>
      match[1]!.split(' ').map((point) => point.split(',').map(Number)),
    );
    expect(lines.map((points) => points.length)).toEqual([2, 3, 3, 2, 3]);
    const [failed, , , , sent] = [lines[1]!, lines[2]!, lines[3]!, lines[0]!, lines[4]!];
    for (const points of [failed, sent]) {
      const [left, middle, right] = [points[0]!, points[1]!, points[2]!];
      expect((middle[0]! - left[0]!) / (right[0]! - left[0]!)).toBeCloseTo(Math.log(4) / Math.log(20), 2);
      expect(left[1]!).toBeGreaterThan(middle[1]!);
      expect(middle[1]!).toBeGreaterThan(right[1]!);
    }
    for (const [x, y] of lines.flat()) {
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(880);
      expect(y).toBeGreaterThanOrEqual(118);
      expect(y).toBeLessThanOrEqual(306);
    }
  });

  test('tells no two series of a panel apart by colour alone', () => {
    const panels = svg.split('<g>').slice(1);
    for (const panel of panels) {
      const dashes = [...panel.matchAll(/<polyline [^>]*?(?:stroke-dasharray="([^"]*)")?\/>/g)].map((match) => match[1] ?? 'none');
      expect(new Set(dashes).size).toBe(dashes.length);
    }
    expect(panels.length).toBe(2);
  });

  test('is refused where there is nothing to draw', () => {
    expect(() => drawChart({})).toThrow('nothing that was measured side by side');
    expect(() => drawChart({ sideBySide: { quorate: { '5': {} }, serf: {} } })).toThrow('at least two sizes');
  });
});

const directory = join(import.meta.dirname, 'measured');
const held = JSON.parse(readFileSync(join(directory, 'side-by-side.json'), 'utf8')) as Drawable & { readonly sideBySide: Comparison };

test('the README holds the rows that are made of the figures in the tree', () => {
  const readme = readFileSync(join(directory, '..', '..', '..', 'README.md'), 'utf8').split('\n');
  for (const row of [...judgedTable(held.sideBySide), ...toldTable(held.sideBySide)]) expect(readme).toContain(row);
});

test('the chart of the README is what is drawn of the figures beside it', () => {
  expect(readFileSync(join(directory, 'side-by-side.svg'), 'utf8'), 'draw it anew: npm run chart').toBe(drawChart(held));
});

test.each([
  ['<a><b/></a>', null],
  ['<a x="1" y="2">words &amp; more</a>', null],
  ['<a><b></a></b>', 'at 6: </a> closes nothing'],
  ['<a>', '<a> is not closed'],
  ['<a x=1/>', 'at 0: <a x=1/>'],
  ['<a x="1" x="2"/>', 'at 0: an attribute twice'],
  ['<a>1 & 2</a>', 'at 3: a bare &'],
  ['<a/><b/>', 'at 4: a second root'],
  ['', 'no root'],
])('of the text %s it is told whether it is well-formed', (text, problem) => {
  expect(xmlProblem(text)).toBe(problem);
});
