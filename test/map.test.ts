// src/ARCHITECTURE.md is a map, and a map that is wrong is worse than none: its paths exist, its layer table is the one that is
// enforced, its invariants are the checkers of the simulator.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOMS } from './support/architecture.ts';
import { bare, readPage } from './support/markdown.ts';

const root = join(import.meta.dirname, '..');
const page = readPage(readFileSync(join(root, 'src/ARCHITECTURE.md'), 'utf8'));

/** The code spans of a cell. */
function spansOf(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
}

describe('the map', () => {
  const paths = page.spans.filter((span) => /^[\w-]+(?:\/[\w.-]+)+$/.test(span));
  const later = new Set(['core/detector']);

  test.each([...new Set(paths)].filter((path) => !later.has(path)))('%s is there', (path) => {
    expect(existsSync(join(root, 'src', path)) || existsSync(join(root, path))).toBe(true);
  });

  const rows = page.table('Room').map(([rooms, may]) => ({ rooms: spansOf(rooms!), may: spansOf(may!) }));

  test('has a row for every room, and no other', () => {
    expect(rows.flatMap(({ rooms }) => rooms).sort()).toEqual(ROOMS.map(({ name }) => name).sort());
  });

  test.each(rows)('says whom $rooms may import, as it is enforced', ({ rooms, may }) => {
    for (const room of ROOMS.filter(({ name }) => rooms.includes(name))) {
      const said = may.filter((module) => !room.may.some((allowed) => allowed.test(module)));
      expect(said, 'is said, and not allowed').toEqual([]);
      const allowed = room.may.filter((pattern) => !may.some((module) => pattern.test(module)));
      expect(allowed, 'is allowed, and not said').toEqual([]);
    }
  });

  test('names every checker of the simulator by its file and its rule', () => {
    const folder = join(root, 'src/sim/checkers');
    const checkers: string[] = [];
    for (const file of readdirSync(folder)) {
      const rule = /readonly rule = '([\w-]+)'/.exec(readFileSync(join(folder, file), 'utf8'))?.[1];
      if (rule !== undefined) checkers.push(`${rule} in ${file}`);
    }
    const rules = page.table('Rule').map(([rule, , file]) => `${bare(rule!)} in ${bare(file!)}`);
    expect(rules.sort()).toEqual(checkers.sort());
  });
});
