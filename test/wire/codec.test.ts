// Laws of the codec: what is written is what is read, and no bytes whatever make it throw.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AssertionError, type Envelope, LIMITS, type MemberEntry, type Push, Random } from '../../src/core/index.ts';
import { Codec, type Decoded, UNREADABLE_REASONS } from '../../src/wire/index.ts';
import { memberEntry, pushOfBeats, syncOf } from '../bench/codec.ts';
import { comparable, envelopeOf, messagesByKind, someEnvelope } from '../support/arbitraries.ts';
import { behindHeader } from '../support/packet.ts';

function envelopeIn(decoded: Decoded): Envelope {
  if (decoded.kind === 'unreadable') throw new Error(`unreadable: ${decoded.reason}`);
  return decoded.envelope;
}

describe('reading what was written', () => {
  test.each(Object.entries(messagesByKind))('gives back every %s', (_kind, message) => {
    const writer = new Codec();
    const reader = new Codec();
    fc.assert(
      fc.property(envelopeOf(message), (envelope) => {
        expect(comparable(envelopeIn(reader.decode(writer.encodeFrame(envelope))))).toStrictEqual(comparable(envelope));
      }),
      { numRuns: 300 },
    );
  });

  test('gives back a datagram as it does a frame', () => {
    const codec = new Codec();
    const envelope: Envelope = {
      clusterHash: 7,
      sender: { lo: 1, hi: 2 },
      counter: 3,
      recordVersion: 4,
      message: { kind: 'pong', echo: 5 },
    };
    expect(envelopeIn(codec.decode(codec.encodeDatagram(envelope)))).toStrictEqual(envelope);
  });

  test('gives back a list of as many members as there may be', () => {
    const codec = new Codec();
    const envelope = syncOf(LIMITS.membersMax);
    expect(envelopeIn(codec.decode(codec.encodeFrame(envelope)))).toStrictEqual(envelope);
  });

  test('works in a view that starts anywhere in a larger buffer', () => {
    const codec = new Codec();
    const frame = codec.encodeFrame(syncOf(3));
    const larger = new Uint8Array(frame.length + 20);
    larger.set(frame, 7);
    expect(codec.decode(larger.subarray(7, 7 + frame.length))).toStrictEqual(codec.decode(frame));
  });
});

describe('bytes from strangers', () => {
  const codec = new Codec();

  function expectVerdict(bytes: Uint8Array): void {
    const decoded = codec.decode(bytes);
    if (decoded.kind === 'unreadable') expect(UNREADABLE_REASONS).toContain(decoded.reason);
    // What is believed can be said again and is read alike.
    else expect(comparable(envelopeIn(codec.decode(codec.encodeFrame(decoded.envelope))))).toStrictEqual(comparable(decoded.envelope));
  }

  test('never throw, whatever they are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), expectVerdict), { numRuns: 2000 });
  });

  test('never throw behind a sound header', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }).map(behindHeader), expectVerdict), { numRuns: 5000 });
  });

  test('never throw when a sound packet was flipped, cut short or spliced with another', () => {
    const damage = fc.tuple(fc.nat(), fc.nat(255), fc.nat(), fc.nat());
    fc.assert(
      fc.property(someEnvelope, someEnvelope, damage, (one, other, [at, mask, cut, seam]) => {
        const packet = codec.encodeFrame(one);
        const second = codec.encodeFrame(other);
        const flipped = packet.slice();
        flipped[at % flipped.length]! ^= mask;
        expectVerdict(flipped);
        expectVerdict(packet.subarray(0, cut % packet.length));
        const spliced = new Uint8Array((seam % packet.length) + second.length);
        spliced.set(packet.subarray(0, seam % packet.length));
        spliced.set(second, seam % packet.length);
        expectVerdict(spliced);
        expectVerdict(new Uint8Array([...packet, 0]));
      }),
      { numRuns: 1500 },
    );
  });
});

describe('sizes', () => {
  test('a steady push takes at most 8 bytes a member that both sides know', () => {
    expect(new Codec().encodeFrame(pushOfBeats(1000)).length / 1000).toBeLessThanOrEqual(8);
  });

  test('a member in full without tags takes at most 90 bytes', () => {
    expect(new Codec().encodeFrame(syncOf(1000)).length / 1000).toBeLessThanOrEqual(90);
  });

  // What the core's packer reckons with; the 28 that a seal will take are not in it.
  const textBytes = (text: string): number => Buffer.byteLength(text);
  const entryBytesMax = ({ facts: { name, address, meta } }: MemberEntry): number => {
    const tags = meta.tags.reduce((sum, [key, value]) => sum + textBytes(key) + textBytes(value) + 6, 0);
    return 87 + textBytes(name) + textBytes(address) + textBytes(meta.zone) + textBytes(meta.software) + tags;
  };

  test('a push never takes more than 56 bytes, its entries by their formula and 12 a beat', () => {
    const codec = new Codec();
    fc.assert(
      fc.property(envelopeOf(messagesByKind.push), (envelope) => {
        const { entries, beats } = envelope.message as Push;
        const bound = 56 + entries.reduce((sum, entry) => sum + entryBytesMax(entry), 0) + 12 * beats.count;
        expect(codec.encodeFrame(envelope).length).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 1000 },
    );
  });

  test('an envelope that does not fit a datagram is our own mistake', () => {
    expect(() => new Codec().encodeDatagram(pushOfBeats(1000))).toThrow(AssertionError);
  });

  test('an envelope that does not fit a frame is our own mistake', () => {
    const tags = Array.from({ length: LIMITS.tagsMax }, (_, i) => [`key-${100 + i}`, 'v'.repeat(1000)] as const);
    const entry = memberEntry(new Random(1), 1);
    const large = { ...entry, facts: { ...entry.facts, meta: { ...entry.facts.meta, tags } } };
    const envelope = syncOf(0);
    const message = { ...envelope.message, entries: new Array(80).fill(large) } as Envelope['message'];
    expect(() => new Codec().encodeFrame({ ...envelope, message })).toThrow(AssertionError);
  });

  test('a frame stays what it is when more is encoded, a datagram does not', () => {
    const codec = new Codec();
    const frame = codec.encodeFrame(syncOf(2));
    const copy = frame.slice();
    const datagram = codec.encodeDatagram(syncOf(1));
    const datagramCopy = Uint8Array.from(datagram);
    codec.encodeDatagram(pushOfBeats(20));
    expect(frame).toStrictEqual(copy);
    expect(Uint8Array.from(datagram)).not.toStrictEqual(datagramCopy);
  });
});
