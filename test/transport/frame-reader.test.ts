// A frame is the same however the stream was cut.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameReader, prefixOf } from '../../src/transport/frame-reader.ts';

function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

test('any cutting of the stream gives the frame, and only with the last piece', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 20_000, size: 'max' }), fc.array(fc.nat()), (frame, cuts) => {
      const reader = new FrameReader(20_000);
      const stream = new Uint8Array([...prefixOf(frame), ...frame]);
      const chunks = pieces(stream, cuts).filter((chunk) => chunk.length > 0);
      for (const [i, chunk] of chunks.entries()) expect(reader.push(chunk)).toBe(i === chunks.length - 1 ? 'whole' : 'partial');
      expect(reader.frame).toEqual(frame);
      expect(reader.heldBytes).toBeLessThanOrEqual(Math.max(4096, frame.length));
    }),
    { numRuns: 100 },
  );
});

test('an empty frame is whole with its prefix', () => {
  const reader = new FrameReader(10);
  expect(reader.push(new Uint8Array(4))).toBe('whole');
  expect(reader.frame).toHaveLength(0);
});

test('one byte over the limit is too long, the limit is not', () => {
  expect(new FrameReader(10).push(Uint8Array.of(0, 0, 0, 11))).toBe('too-long');
  expect(new FrameReader(10).push(Uint8Array.of(0, 0, 0, 10))).toBe('partial');
});
