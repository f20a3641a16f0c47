// How scripts read what stands behind `npm run NAME --`: what is taken, and what is said of the rest.

import { expect, test } from 'vitest';
import { list, oneOf, readLine, SWITCH, text, whole } from '../../scripts/flags.mjs';

const LINE = {
  npm: 'run play',
  help: 'npm run play',
  flags: { quick: SWITCH, json: text('PATH'), only: list(oneOf('game', ['chess', 'go'])), sizes: list(whole(3, 250)) },
  shorts: { q: 'quick', j: 'json' },
  words: { kind: oneOf('part', ['opening', 'end']), max: 1 },
} as const;

test('values are taken behind = or as the next argument, by name or letter, and lists as lists', () => {
  const reading = readLine(LINE, ['-q', 'end', '--json', 'a=b', '--sizes=3,20', '--only=go']);
  expect(reading).toEqual({ kind: 'given', flags: { quick: true, json: 'a=b', sizes: [3, 20], only: ['go'] }, words: ['end'] });
  expect(readLine(LINE, [])).toEqual({ kind: 'given', flags: {}, words: [] });
});

test.each([['--help'], ['-h'], ['end', '--help']])('%j asks for help', (...argv) => {
  expect(readLine(LINE, argv)).toEqual({ kind: 'help' });
});

test.each([
  ['--frob', '--frob: no such flag; flags are --quick --json --only --sizes --help'],
  ['--quik=yes', '--quik: no such flag; did you mean --quick?'],
  ['--toString', '--toString: no such flag; flags are --quick --json --only --sizes --help'],
  ['-x', '-x: no such flag; flags are --quick --json --only --sizes --help'],
  ['--', '--: not a flag; flags are --quick --json --only --sizes --help'],
  ['--quick=yes', '--quick takes no value, and was given yes'],
  ['--json', '--json needs a value, as in --json=PATH'],
  ['--only=', '--only needs a value, as in --only=chess'],
  ['--only=go,ches', '--only=ches: no such game; did you mean chess?\ngames: chess go'],
  ['--only=go,', '--only=: no such game\ngames: chess go'],
  ['--sizes=abc', '--sizes=abc: not a whole number from 3 to 250'],
  ['--sizes=3,2', '--sizes=2: not a whole number from 3 to 250'],
  ['ends', 'ends: no such part; did you mean end?\nparts: opening end'],
])('%s is refused with what would be right', (argument, message) => {
  expect(readLine(LINE, [argument])).toEqual({ kind: 'usage-error', message });
});

test('a word too many is refused, and any word where none is taken', () => {
  expect(readLine(LINE, ['end', 'end'])).toMatchObject({ message: 'end: one too many, no more than 1 can be given' });
  const { words: _words, ...line } = LINE;
  expect(readLine(line, ['end'])).toMatchObject({ message: 'end: not a flag; flags are --quick --json --only --sizes --help' });
});
