// What is refused, and by which reason: one row a way to be wrong.

import { describe, expect, test } from 'vitest';
import { INCARNATION_MAX, LIMITS, Random } from '../../src/core/index.ts';
import { entryToRow } from '../../src/wire/entry.ts';
import { Codec, type Decoded, HEADER_BYTES } from '../../src/wire/index.ts';
import { memberEntry } from '../bench/codec.ts';
import { packet } from '../support/packet.ts';

const codec = new Codec();
const id = Buffer.alloc(16, 7);

function reasonOf(decoded: Decoded): string {
  return decoded.kind === 'unreadable' ? decoded.reason : 'read';
}

function verdictOn(body: unknown): string {
  return reasonOf(codec.decode(packet(body)));
}

describe('the header', () => {
  const sound = packet([3, 0, 0, 1]);
  const altered = (at: number, value: number): Uint8Array => sound.map((byte, i) => (i === at ? value : byte));

  test.each([
    ['nothing at all', new Uint8Array(0), 'too-short'],
    ['a header without a body', sound.subarray(0, HEADER_BYTES), 'too-short'],
    ['a frame longer than any may be', new Uint8Array(LIMITS.frameBytesMax + 1), 'too-long'],
    ['another protocol', altered(0, 0x52), 'not-quorate'],
    ['an unknown major version', altered(1, 2), 'unsupported-version'],
    ['a seal that this version cannot open', altered(2, 1), 'sealed'],
    ['a sound one', sound, 'read'],
  ])('%s', (_title, bytes, reason) => {
    expect(reasonOf(codec.decode(bytes))).toBe(reason);
  });
});

describe('the fields of a message', () => {
  test.each<[string, unknown, string]>([
    ['no row', 5, 'malformed'],
    ['an empty row', [], 'malformed'],
    ['a kind that nobody knows', [99, 0, 0], 'unknown-kind'],
    ['a kind that is no number', ['push', 0, 0], 'malformed'],
    ['a negative counter', [3, -1, 0, 1], 'out-of-bounds'],
    ['a fractional counter', [3, 0.5, 0, 1], 'out-of-bounds'],
    ['a counter that is not a number', [3, Number.NaN, 0, 1], 'out-of-bounds'],
    ['an endless counter', [3, Number.POSITIVE_INFINITY, 0, 1], 'out-of-bounds'],
    ['a counter of 2^53', [3, 2 ** 53, 0, 1], 'out-of-bounds'],
    ['a counter of 2^53 − 1', [3, 2 ** 53 - 1, 0, 1], 'read'],
    ['a counter as text', [3, '1', 0, 1], 'malformed'],
    ['a negative record version', [3, 0, -1, 1], 'out-of-bounds'],
    ['a missing field', [3, 0, 0], 'malformed'],
    ['a field that is nil', [3, 0, 0, null], 'malformed'],
    ['a tag beyond 32 bits', [4, 0, 0, 2 ** 32, 0], 'out-of-bounds'],
    ['an id of 15 bytes', [6, 0, 0, id.subarray(1), 1, 2, 3], 'malformed'],
    ['an id as text', [6, 0, 0, '07'.repeat(16), 1, 2, 3], 'malformed'],
    ['an incarnation that nobody may claim', [6, 0, 0, id, INCARNATION_MAX + 1, 2, 3], 'out-of-bounds'],
    ['the highest incarnation', [6, 0, 0, id, INCARNATION_MAX, 2, 3], 'read'],
    ['a cluster without its record', [8, 0, 0, id, 3, []], 'malformed'],
    ['a refusal that nobody knows', [11, 0, 0, 4, ''], 'out-of-bounds'],
    ['a refusal with a book in it', [11, 0, 0, 1, 'x'.repeat(LIMITS.nameLengthMax + 1)], 'out-of-bounds'],
    ['entries that are no list', [9, 0, 0, id, 7, null], 'malformed'],
    ['more entries than members may be', [9, 0, 0, id, new Array(LIMITS.membersMax + 1).fill(0), null], 'out-of-bounds'],
    ['half a beat', [1, 0, 0, 1, 2, [], Buffer.from([1, 2, 3, 4])], 'malformed'],
    ['beats that are no bytes', [1, 0, 0, 1, 2, [], []], 'malformed'],
    ['a beat below zero', [1, 0, 0, 1, 2, [], Buffer.from([1, 2, 3, 4, 3])], 'malformed'],
    ['a map', { 0: 3, 1: 0, 2: 0, 3: 1 }, 'malformed'],
    ['a date', [3, 0, 0, new Date(0)], 'malformed'],
    ['a 64-bit integer', [3, 0, 0, 2n ** 60n], 'malformed'],
    ['fields of a newer minor version', [3, 0, 0, 1, 'new', [1, [2]]], 'read'],
  ])('%s', (_title, body, reason) => {
    expect(verdictOn(body)).toBe(reason);
  });
});

describe('the fields of a member', () => {
  const sound = entryToRow(memberEntry(new Random(1), 1));
  const altered = (at: number, value: unknown): unknown[] => sound.map((field, i) => (i === at ? value : field));
  const verdictOnEntry = (row: unknown): string => verdictOn([9, 0, 0, id, [sound, row, sound], null]);

  test('a sound one is read, also with fields of a newer minor version behind', () => {
    expect(verdictOnEntry(sound)).toBe('read');
    expect(verdictOnEntry([...sound, 'new', [1]])).toBe('read');
  });

  test('none of them may be missing', () => {
    for (let length = 0; length < sound.length; length++) expect(verdictOnEntry(sound.slice(0, length))).toBe('malformed');
  });

  test.each<[string, number, unknown, string]>([
    ['id of 17 bytes', 0, Buffer.alloc(17), 'malformed'],
    ['incarnation above the highest', 1, INCARNATION_MAX + 1, 'out-of-bounds'],
    ['negative incarnation', 1, -1, 'out-of-bounds'],
    ['tag beyond 32 bits', 3, 2 ** 32, 'out-of-bounds'],
    ['counter of 2^53', 4, 2 ** 53, 'out-of-bounds'],
    ['unknown state', 5, 4, 'out-of-bounds'],
    ['negative age', 6, -5, 'out-of-bounds'],
    ['empty name', 7, '', 'out-of-bounds'],
    ['name with a space', 7, 'a b', 'out-of-bounds'],
    ['name with a newline behind', 7, 'a\n', 'out-of-bounds'],
    ['name that is too long', 7, 'a'.repeat(65), 'out-of-bounds'],
    ['name as bytes', 7, Buffer.from('a'), 'malformed'],
    ['address without a port', 8, '10.0.0.1', 'out-of-bounds'],
    ['address of any host', 8, '0.0.0.0:7946', 'out-of-bounds'],
    ['fractional metadata version', 9, 1.5, 'out-of-bounds'],
    ['more restarts than incarnations', 10, INCARNATION_MAX + 1, 'out-of-bounds'],
    ['zone over its bytes', 11, 'é'.repeat(33), 'out-of-bounds'],
    ['zone of just its bytes', 11, 'é'.repeat(32), 'read'],
    ['software that is too long', 12, 'x'.repeat(33), 'out-of-bounds'],
    ['vote that is no boolean', 13, 1, 'malformed'],
    ['a key without a value', 14, ['a'], 'malformed'],
    ['a key twice', 14, ['a', '1', 'a', '2'], 'out-of-bounds'],
    ['keys out of order', 14, ['b', '1', 'a', '2'], 'out-of-bounds'],
    ['a key that is too long', 14, ['k'.repeat(129), ''], 'out-of-bounds'],
    ['key and value that are too long together', 14, ['k', 'v'.repeat(1024)], 'out-of-bounds'],
    ['key and value of just the length', 14, ['k', 'v'.repeat(1023)], 'read'],
    ['a value that is no text', 14, ['k', 1], 'malformed'],
    ['more tags than may be', 14, Array.from({ length: 130 }, (_, i) => String(1000 + i)), 'out-of-bounds'],
    ['tags that are no list', 14, 'k=v', 'malformed'],
  ])('%s', (_title, at, value, reason) => {
    expect(verdictOnEntry(altered(at, value))).toBe(reason);
  });
});
