// src/ARCHITECTURE.md is a map, and a map that is wrong is worse than none: its paths exist, its layer table is the one that is
// enforced, its invariants are the checkers of the simulator, and no file or rule is left out of it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOMS, violations } from './support/architecture.ts';
import { bare, readPage } from './support/markdown.ts';

const root = join(import.meta.dirname, '..');
const page = readPage(readFileSync(join(root, 'src/ARCHITECTURE.md'), 'utf8'));

/** Every file of src, by its path below it. */
const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(join(root, 'src'), join(entry.parentPath, entry.name)).split(sep).join('/'))
  .sort();

/** All that could be imported. */
const dependencies: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies;
const modules = [...files, ...builtinModules.map((name) => `node:${name}`), ...Object.keys(dependencies)];

/** The code spans of a cell. */
function spansOf(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
}

describe('the map', () => {
  const paths = page.spans.filter((span) => /^[\w-]+(?:\/[\w.-]+)+$/.test(span));

  test.each([...new Set(paths)])('%s is there', (path) => {
    expect(existsSync(join(root, 'src', path)) || existsSync(join(root, path))).toBe(true);
  });

  const rows = page.table('Room').map(([rooms, may]) => ({ rooms: spansOf(rooms!), may: may! }));

  test('has a row for every room, and no other', () => {
    expect(rows.flatMap(({ rooms }) => rooms).sort()).toEqual(ROOMS.map(({ name }) => name).sort());
  });

  test.each(rows.flatMap(({ rooms, may }) => rooms.map((room) => [room, may] as const)))(
    'says of %s what it may import, no more and no less than is let through',
    (name, may) => {
      const room = ROOMS.find((one) => one.name === name)!;
      const strangers = modules.filter((module) => !(room.isFolder && module.startsWith(`${room.name}/`)));
      const [said = '', not = ''] = may.split(' but not ');
      expect(strangers.filter((module) => isNamed(module, said) && !isNamed(module, not))).toEqual(letThrough(room, strangers));
    },
  );

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

  test('says what each rule is that is cited by its number', () => {
    const listed = page.table('Number').map(([number]) => number!);
    const cited = ['src', 'scripts', 'test']
      .flatMap((folder) => textsBelow(folder))
      .flatMap((text) => text.match(/\b(?:[RIL]\d+|clone hold)\b/g) ?? []);
    expect([...new Set(cited)].filter((number) => !listed.includes(number))).toEqual([]);
  });

  test('names every file of core, wire, transport and sim', () => {
    const checkers = page.table('Rule').map(([, , file]) => `sim/checkers/${bare(file!)}`);
    const named = new Set([...page.spans, ...checkers]);
    const ours = files.filter((file) => /^(?:core|wire|transport|sim)\//.test(file) && !file.endsWith('/index.ts'));
    expect(ours.filter((file) => !named.has(file))).toEqual([]);
  });
});

function textsBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?[jt]s$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

/** Whether a span of the text is the module, or a pattern of it. */
function isNamed(module: string, text: string): boolean {
  return spansOf(text).some((span) => {
    const choices = span.replaceAll('.', '\\.').replace(/\{(.*)\}/, (_braces, names: string) => `(?:${names.replaceAll(',', '|')})`);
    const pattern = choices.replace(/\*+/g, (stars) => (stars === '**' || span === 'node:*' ? '.*' : '[^/]*'));
    return new RegExp(`^${pattern}$`).test(module);
  });
}

/** What of these a file of the room may import without a word of the layer test. */
function letThrough(room: (typeof ROOMS)[number], wanted: readonly string[]): string[] {
  const own = files.find((file) => ROOMS.find((one) => one.files.test(file)) === room)!;
  const specifierOf = (module: string): string => (files.includes(module) ? `./${posix.relative(posix.dirname(own), module)}` : module);
  // Behind the head, one import a line.
  const text = ['// Made up.', ...wanted.map((module) => `import '${specifierOf(module)}';`)].join('\n');
  const house = new Map(files.map((file) => [file, '// Empty.\n']));
  const found = violations(house.set(own, text)).map((problem) => / imports (.*), which /.exec(problem)?.[1]);
  return wanted.filter((module) => !found.includes(module));
}
