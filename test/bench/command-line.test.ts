// The flags of `npm run bench`: what they mean, what they go with, and what is said of wrong ones.

import { expect, test } from 'vitest';
import { lineOf, readWishes } from './command-line.ts';

const known = ['micro', 'cold-start', 'side-by-side'];

test('without flags all of it is measured, at full length and the usual sizes', () => {
  expect(readWishes(known, [])).toEqual({ kind: 'wishes', names: known, scale: 'full', sizes: null, json: null, markdown: null });
});

test('all flags are read', () => {
  const argv = ['--only=side-by-side,micro', '--sizes=3,20', '--quick', '--json=a', '--markdown', 'b'];
  const wishes = { names: ['side-by-side', 'micro'], scale: 'quick', sizes: [3, 20], json: 'a', markdown: 'b' };
  expect(readWishes(known, argv)).toEqual({ kind: 'wishes', ...wishes });
});

test.each([
  [['--frob'], '--frob: no such flag; flags are --only --sizes --json --markdown --quick --help'],
  [['--only'], '--only needs a value, as in --only=micro'],
  [['--only='], '--only needs a value, as in --only=micro'],
  [['--only=micr'], '--only=micr: no such benchmark; did you mean micro?\nbenchmarks: micro cold-start side-by-side'],
  [['--sizes=abc'], '--sizes=abc: not a whole number from 3 to 250'],
  [['--only=side-by-side', '--sizes=5,2'], '--sizes=2: not a whole number from 3 to 250'],
  [['--sizes=5'], '--sizes=5 is for side-by-side alone; add --only=side-by-side'],
  [['--sizes=5', '--only=micro'], '--sizes=5 does not go with --only=micro; add --only=side-by-side'],
  [['--markdown=a', '--only=micro'], '--markdown does not go with --only=micro; add --only=side-by-side'],
])('%j is refused with a reason', (argv, message) => {
  expect(readWishes(known, argv)).toEqual({ kind: 'usage-error', message });
});

test('the help names every benchmark and every flag, and what the exit code says of a missed target', () => {
  const { help, flags } = lineOf(known);
  for (const word of [...known, ...Object.keys(flags).map((name) => `--${name}`)]) expect(help).toContain(word);
  expect(help).toContain('1 when one was MISSED');
});
