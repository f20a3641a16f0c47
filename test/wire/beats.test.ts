// Beats against their bounds: counters to 2^53 − 1 in both directions, and bytes of anyone.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LIMITS } from '../../src/core/index.ts';
import { BEAT_BYTES_MAX, BeatsCodec } from '../../src/wire/beats.ts';
import { someBeats, someCounter } from '../support/arbitraries.ts';

test('counters of any size survive, in any order, from any base', () => {
  const codec = new BeatsCodec();
  fc.assert(
    fc.property(someBeats, someCounter, (beats, base) => {
      const bytes = codec.write(beats, base);
      expect(bytes.length).toBeLessThanOrEqual(beats.count * BEAT_BYTES_MAX);
      expect(codec.read(bytes, base)).toBe(true);
      const { count, tagLo, counter } = codec.columns;
      expect(count).toBe(beats.count);
      expect(tagLo.subarray(0, count)).toStrictEqual(beats.tagLo);
      expect(counter.subarray(0, count)).toStrictEqual(beats.counter);
    }),
    {
      numRuns: 1000,
      examples: [
        [
          {
            count: 3,
            tagLo: Uint32Array.of(0, 0xffffffff, 7),
            counter: Float64Array.of(Number.MAX_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER),
          },
          0,
        ],
      ],
    },
  );
});

test('any bytes are either refused or give counters that can be', () => {
  const codec = new BeatsCodec();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), someCounter, (bytes, base) => {
      if (!codec.read(bytes, base)) return;
      const { count, counter } = codec.columns;
      for (let i = 0; i < count; i++) expect(Number.isSafeInteger(counter[i]) && counter[i]! >= 0).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('as many beats as members may be are read, one more is refused', () => {
  const codec = new BeatsCodec();
  const bytes = new Uint8Array((LIMITS.membersMax + 1) * 5);
  expect(codec.read(bytes.subarray(0, LIMITS.membersMax * 5), 0)).toBe(true);
  expect(codec.columns.count).toBe(LIMITS.membersMax);
  expect(codec.read(bytes, 0)).toBe(false);
});

test('a difference longer than 53 bits can be is refused', () => {
  const codec = new BeatsCodec();
  expect(codec.read(Uint8Array.of(1, 2, 3, 4, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00), 0)).toBe(false);
  expect(codec.read(Uint8Array.of(1, 2, 3, 4, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00), 0)).toBe(true);
  expect(codec.read(Uint8Array.of(1, 2, 3, 4, 0x80, 0x80), 0)).toBe(false);
});
