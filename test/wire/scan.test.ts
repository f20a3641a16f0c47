// Claims that the bytes do not back are refused before anything is allocated for them.

import * as fc from 'fast-check';
import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';
import { describe, expect, test } from 'vitest';
import { isSoundMsgpack } from '../../src/wire/scan.ts';

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });

describe('a structure is refused', () => {
  test.each<[string, number[]]>([
    ['nothing', []],
    ['an array of 2^32 − 1 values', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['an array of 65,535 values', [0xdc, 0xff, 0xff, 1, 2, 3]],
    ['an array one value short', [0x93, 1, 2]],
    ['a binary of 4 GiB', [0xc6, 0xff, 0xff, 0xff, 0xff, 0]],
    ['a binary one byte short', [0xc4, 2, 0]],
    ['a binary without its length', [0xc5, 1]],
    ['a text of 4 GiB', [0xdb, 0xff, 0xff, 0xff, 0xff, 0x61]],
    ['a text one byte short', [0xa3, 0x61, 0x62]],
    ['half a number', [0xcb, 1, 2, 3]],
    ['a value behind the first', [1, 2]],
    ['a map', [0x81, 1, 2]],
    ['a long map', [0xde, 0, 1, 1, 2]],
    ['an extension', [0xd4, 1, 0]],
    ['a long extension', [0xc7, 1, 1, 0]],
    ['the token that is never used', [0xc1]],
    ['an unsigned 64-bit integer', [0xcf, 0, 0, 0, 0, 0, 0, 0, 1]],
    ['a signed 64-bit integer', [0xd3, 0, 0, 0, 0, 0, 0, 0, 1]],
    ['arrays nested beyond the depth', [0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 1]],
    ['an overlong text', [0xa2, 0xc0, 0x80]],
    ['a surrogate as text', [0xa3, 0xed, 0xa0, 0x80]],
    ['text above the last character', [0xa4, 0xf4, 0x90, 0x80, 0x80]],
    ['text that stops inside a character', [0xa2, 0xe2, 0x82]],
    ['a stray follower', [0xa1, 0x80]],
  ])('that is or claims %s', (_title, bytes) => {
    expect(isSoundMsgpack(Uint8Array.from(bytes))).toBe(false);
  });

  test('that is nothing but a million empty arrays, which would take a hundred times their bytes', () => {
    const bytes = new Uint8Array(1_000_005).fill(0x90);
    bytes.set([0xdd, 0, 0x0f, 0x42, 0x40]);
    expect(isSoundMsgpack(bytes)).toBe(false);
  });
});

test('a hundred thousand claims of four billion values each cost no memory', () => {
  const bytes = Uint8Array.from([0xdd, 0xff, 0xff, 0xff, 0xff]);
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 100_000; i++) isSoundMsgpack(bytes);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
});

test('what the protocol says passes: numbers, texts, bytes, booleans, nil, arrays', () => {
  const value = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6 },
      fc.oneof(fc.integer(), fc.double(), fc.string({ unit: 'binary' }), fc.boolean(), fc.constant(null), fc.uint8Array({ maxLength: 40 })),
      fc.array(tie('tree'), { maxLength: 5 }),
    ),
  })).tree;
  fc.assert(
    fc.property(value, (tree) => {
      // Padding, because the allowance for arrays grows with the bytes.
      expect(isSoundMsgpack(packr.pack([tree, 'x'.repeat(4096)]))).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('whatever passes is read by the library, to the last byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 24 }), (bytes) => {
      fc.pre(isSoundMsgpack(bytes));
      unpackr.unpack(bytes);
    }),
    { numRuns: 3000 },
  );
});
