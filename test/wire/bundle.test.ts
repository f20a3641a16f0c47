// Laws of bundles: what several messages became is read as those messages, no bytes make it throw, and nothing grows past a datagram.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Address, Effect, Envelope, Message } from '../../src/core/index.ts';
import { LIMITS } from '../../src/core/index.ts';
import { BUNDLE_ITEMS_MAX } from '../../src/wire/bundle.ts';
import { Codec, Datagrams, type DecodedDatagram, HEADER_BYTES, UNREADABLE_REASONS } from '../../src/wire/index.ts';
import { BUNDLE_KIND } from '../../src/wire/kinds.ts';
import { pushOfBeats } from '../bench/codec.ts';
import { comparable, someEnvelope } from '../support/arbitraries.ts';
import { packet } from '../support/packet.ts';

const HERE = '10.0.0.1:7946' as Address;
const THERE = '10.0.0.2:7946' as Address;

const head = { clusterHash: 7, sender: { lo: 1, hi: 2 }, counter: 300, recordVersion: 4 };
const pong = (echo: number): Message => ({ kind: 'pong', echo });
const send = (to: readonly Address[], message: Message, over: Partial<Envelope> = {}): Effect => ({
  kind: 'send',
  to,
  envelope: { ...head, message, ...over },
});

interface Sent {
  readonly to: Address;
  readonly bytes: Uint8Array;
}

function sendAll(effects: readonly Effect[]): Sent[] {
  const sent: Sent[] = [];
  new Datagrams(new Codec()).send(effects, (to, bytes) => sent.push({ to, bytes: Uint8Array.from(bytes) }));
  return sent;
}

/** Copied one by one, because the next datagram's push takes the place of this one's. */
function envelopesIn(decoded: DecodedDatagram): unknown[] {
  if (decoded.kind === 'unreadable') throw new Error(`unreadable: ${decoded.reason}`);
  return decoded.kind === 'message' ? [comparable(decoded.envelope)] : decoded.envelopes.map(comparable);
}

function verdictOn(body: unknown): string {
  const decoded = new Codec().decodeDatagram(packet(body));
  return decoded.kind === 'unreadable' ? decoded.reason : decoded.kind;
}

const fitting = someEnvelope.filter((envelope) => new Codec().encodeFrame(envelope).length <= LIMITS.datagramBytesMax);

describe('the sends of a step', () => {
  test('reach every address as they were, in order, in datagrams that are never too long', () => {
    const one = fc.record({
      envelope: fitting,
      to: fc.uniqueArray(fc.constantFrom(HERE, THERE), { minLength: 1 }),
      hasOwnHeader: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), (sends) => {
        const effects = sends.map(({ envelope, to, hasOwnHeader }) => send(to, envelope.message, hasOwnHeader ? envelope : {}));
        const codec = new Codec();
        for (const address of [HERE, THERE]) {
          const wanted = effects.flatMap((effect) =>
            effect.kind === 'send' && effect.to.includes(address) ? [comparable(effect.envelope)] : [],
          );
          const heard = sendAll(effects)
            .filter(({ to }) => to === address)
            .flatMap(({ bytes }) => {
              expect(bytes.length).toBeLessThanOrEqual(LIMITS.datagramBytesMax);
              return envelopesIn(codec.decodeDatagram(bytes));
            });
          expect(heard).toStrictEqual(wanted);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('to one address share a datagram, which costs less than the headers it saves', () => {
    const sent = sendAll([send([HERE], pong(1)), send([THERE], pong(2)), send([HERE], pong(3))]);
    expect(sent.map(({ to }) => to)).toEqual([HERE, THERE]);
    const alone = new Codec().encodeDatagram({ ...head, message: pong(1) }).length;
    expect(sent[0]!.bytes.length).toBeLessThanOrEqual(2 * alone - HEADER_BYTES);
  });

  test('cost not a byte more than ever where each goes to another address', () => {
    const envelope: Envelope = { ...head, message: pong(1) };
    const alone = Uint8Array.from(new Codec().encodeDatagram(envelope));
    for (const effects of [[send([HERE, THERE], pong(1))], [send([HERE], pong(1)), send([THERE], pong(1))]])
      expect(sendAll(effects)).toStrictEqual([
        { to: HERE, bytes: alone },
        { to: THERE, bytes: alone },
      ]);
  });

  test('go apart where their headers differ, and where one datagram has no room or may not hold more', () => {
    const bytesOf = (effects: readonly Effect[]): number[] => sendAll(effects).map(({ bytes }) => bytes.length);
    expect(bytesOf([send([HERE], pong(1)), send([HERE], pong(2), { counter: 301 })])).toHaveLength(2);
    expect(bytesOf([send([HERE], pong(1)), send([HERE], pong(2), { recordVersion: 5 })])).toHaveLength(2);
    expect(bytesOf([send([HERE], pushOfBeats(90).message), send([HERE], pushOfBeats(1).message)])).toHaveLength(2);
    expect(
      bytesOf([send([HERE], pushOfBeats(140).message), send([HERE], { kind: 'ask-record', clusterId: '0'.repeat(32) as never })]),
    ).toHaveLength(1);
    expect(bytesOf(Array.from({ length: BUNDLE_ITEMS_MAX + 1 }, (_, i) => send([HERE], pong(i))))).toHaveLength(2);
  });

  test('leave room for a seal', () => {
    for (let count = 100; count < 140; count++) {
      const sent = sendAll([send([HERE], pong(1)), send([HERE], pushOfBeats(count).message)]);
      if (sent.length === 1) expect(sent[0]!.bytes.length).toBeLessThanOrEqual(LIMITS.datagramBytesMax - 28);
    }
  });
});

describe('bundles of strangers', () => {
  const item = [3, 1];
  const push = [1, 0, 0, [], new Uint8Array(0)];

  test.each([
    ['is read', [BUNDLE_KIND, 1, 1, item, item], 'bundle'],
    ['of one is read', [BUNDLE_KIND, 1, 1, item], 'bundle'],
    ['of nothing', [BUNDLE_KIND, 1, 1], 'malformed'],
    ['without a counter', [BUNDLE_KIND], 'malformed'],
    ['of more than there may be', [BUNDLE_KIND, 1, 1, ...new Array(BUNDLE_ITEMS_MAX + 1).fill(item)], 'out-of-bounds'],
    ['of two pushes', [BUNDLE_KIND, 1, 1, push, push], 'out-of-bounds'],
    ['with something that is no row', [BUNDLE_KIND, 1, 1, item, 7], 'malformed'],
    ['with an empty row', [BUNDLE_KIND, 1, 1, item, []], 'malformed'],
    ['with one wrong field', [BUNDLE_KIND, 1, 1, item, [3, -1]], 'out-of-bounds'],
    ['of unknown kinds alone', [BUNDLE_KIND, 1, 1, [99], [98, 'x']], 'unknown-kind'],
    ['within a bundle', [BUNDLE_KIND, 1, 1, [BUNDLE_KIND, item]], 'unknown-kind'],
  ])('a bundle %s', (_what, body, reason) => {
    expect(verdictOn(body)).toBe(reason);
  });

  test('an item of a kind that is not known here is passed over, and told', () => {
    const decoded = new Codec().decodeDatagram(packet([BUNDLE_KIND, 5, 6, [99, 'new'], item, [14, 0, 1, 2, null, [99, 1, 1]]]));
    expect(decoded).toMatchObject({ kind: 'bundle', skippedCount: 2, envelopes: [{ counter: 5, recordVersion: 6, message: pong(1) }] });
  });

  test('who does not know bundles refuses one as an unknown kind', () => {
    expect(new Codec().decode(packet([BUNDLE_KIND, 1, 1, item]))).toEqual({ kind: 'unreadable', reason: 'unknown-kind' });
  });

  test('never throw, whatever stands in them, and are believed only if they can be said again', () => {
    const codec = new Codec();
    const anything = fc.oneof(fc.integer({ min: -1, max: 2 ** 33 }), fc.string(), fc.uint8Array(), fc.constant(null), fc.boolean());
    const items = fc.array(fc.oneof(anything, fc.array(fc.oneof(fc.nat(30), anything))), { maxLength: 8 });
    fc.assert(
      fc.property(items, (rows) => {
        const decoded = codec.decodeDatagram(packet([BUNDLE_KIND, 1, 1, ...rows]));
        if (decoded.kind === 'unreadable') expect(UNREADABLE_REASONS).toContain(decoded.reason);
        else expect(envelopesIn(decoded).length).toBeLessThanOrEqual(BUNDLE_ITEMS_MAX);
      }),
      { numRuns: 2000 },
    );
  });

  test('never throw when a sound one was flipped or cut short', () => {
    const codec = new Codec();
    const damage = fc.tuple(fc.nat(), fc.nat(255), fc.nat());
    fc.assert(
      fc.property(fc.array(fitting, { minLength: 2, maxLength: 4 }), damage, (envelopes, [at, mask, cut]) => {
        for (const { bytes } of sendAll(envelopes.map(({ message }) => send([HERE], message)))) {
          const flipped = bytes.slice();
          flipped[at % flipped.length]! ^= mask;
          for (const damaged of [flipped, bytes.subarray(0, cut % bytes.length)]) {
            const decoded = codec.decodeDatagram(damaged);
            if (decoded.kind === 'unreadable') expect(UNREADABLE_REASONS).toContain(decoded.reason);
            else expect(envelopesIn(decoded).length).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
