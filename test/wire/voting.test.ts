// What is said of leases and the record: how large it is, what is refused, and to which side times are rounded.

import { describe, expect, test } from 'vitest';
import {
  type Ballot,
  type Beat,
  type Change,
  type Condemned,
  type Envelope,
  type Incarnation,
  LIMITS,
  type Message,
  type NodeId,
  Random,
  type Relayed,
} from '../../src/core/index.ts';
import { Codec } from '../../src/wire/index.ts';
import { KIND } from '../../src/wire/kinds.ts';
import { PackedWriter } from '../../src/wire/packed.ts';
import { ballotToBytes, changeToBytes, recordToRow } from '../../src/wire/record.ts';
import { votingToFields } from '../../src/wire/voting.ts';
import { packet } from '../support/packet.ts';

const random = new Random(3);
const WEEK_TICKS = 7 * 86_400 * 100;
const LIVES = 1_790_000_000_000 as Incarnation;

const anId = (): NodeId => random.hex32() as NodeId;
const some = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
const aCondemned = (): Condemned => ({ id: anId(), incarnation: LIVES });
const aBallot = (): Ballot => ({ round: 40, id: anId(), incarnation: LIVES, sequence: 1000 });

function condemning(count: number): Change {
  return { condemn: some(count, aCondemned), reap: [], voters: null, leader: { kind: 'name', id: anId(), incarnation: LIVES } };
}

function aBeat(ackCount: number): Beat {
  const acks = some(ackCount, () => ({ tag: { lo: random.uint32(), hi: random.uint32() }, counter: WEEK_TICKS, epoch: 130 }));
  return {
    kind: 'beat',
    isShort: true,
    isLost: false,
    isStable: true,
    storeId: random.hex32(),
    canVote: true,
    canLead: true,
    writeCount: 70_000,
    acks,
  };
}

function envelope(message: Message): Envelope {
  return { clusterHash: 1, sender: { lo: 2, hi: 3 }, counter: WEEK_TICKS, recordVersion: 70_000, message };
}

function relayed(inner: Relayed['inner']): Relayed {
  const sender = { lo: random.uint32(), hi: random.uint32() };
  return { kind: 'relayed', hops: 1, originSender: sender, originCounter: WEEK_TICKS, originRecordVersion: 70_000, target: anId(), inner };
}

const bytesOf = (message: Message): number => new Codec().encodeFrame(envelope(message)).length;

describe('sizes', () => {
  test('a beat without acks takes at most 60 bytes, with one 75, with seven 160', () => {
    expect(bytesOf(aBeat(0))).toBeLessThanOrEqual(60);
    expect(bytesOf(aBeat(1))).toBeLessThanOrEqual(75);
    expect(bytesOf(aBeat(7))).toBeLessThanOrEqual(160);
  });

  test('an ack to one takes at most 45 bytes', () => {
    expect(bytesOf({ kind: 'ack', acks: aBeat(1).acks, againMs: 1500 })).toBeLessThanOrEqual(48);
  });

  test('leases and what decides a record stay within 500 bytes, also relayed, when twelve die at once', () => {
    const ballot = aBallot();
    const change = condemning(12);
    const idleMs = change.condemn.map(() => 4321);
    const messages: Relayed['inner'][] = [
      aBeat(7),
      { kind: 'prepare', version: 70_000, ballot, suspects: change.condemn },
      { kind: 'promise', version: 70_000, ballot, accepted: { ballot: aBallot(), change }, dwellLeftMs: 4500, idleMs },
      { kind: 'nack', version: 70_000, ballot, promised: aBallot() },
      { kind: 'accept', version: 70_000, ballot, change },
      { kind: 'accepted', version: 70_000, ballot, idleMs },
      { kind: 'deltas', base: 70_000, changes: [{ change, waitMs: 4500 }] },
    ];
    for (const message of messages) expect(bytesOf(relayed(message)), message.kind).toBeLessThanOrEqual(500);
  });

  test('the largest promise that there can be still fits a datagram, relayed', () => {
    const change = condemning(LIMITS.changeEntriesMax);
    const idleMs = change.condemn.map(() => 0xffffffff);
    const promise = {
      kind: 'promise',
      version: 1,
      ballot: aBallot(),
      accepted: { ballot: aBallot(), change },
      dwellLeftMs: 0,
      idleMs,
    } as const;
    expect(bytesOf(relayed(promise))).toBeLessThanOrEqual(LIMITS.datagramBytesMax);
  });
});

describe('times', () => {
  const read = (message: Message): Message => {
    const codec = new Codec();
    const decoded = codec.decode(codec.encodeFrame(envelope(message)));
    if (decoded.kind === 'unreadable') throw new Error(decoded.reason);
    return decoded.envelope.message;
  };

  test('waits are rounded up and idle times down, so that nobody announces early', () => {
    const ballot = aBallot();
    const promise = { kind: 'promise', version: 2, ballot, accepted: null, dwellLeftMs: 10.01, idleMs: [99.99, -3] } as const;
    expect(read(promise)).toMatchObject({ dwellLeftMs: 11, idleMs: [99, 0] });
    expect(read({ kind: 'accepted', version: 2, ballot, idleMs: [4500.9] })).toMatchObject({ idleMs: [4500] });
    const changes = [{ change: condemning(1), waitMs: 0.2 }];
    expect(read({ kind: 'deltas', base: 3, changes })).toMatchObject({ changes: [{ waitMs: 1 }] });
  });
});

describe('what is refused', () => {
  const codec = new Codec();
  const id = Buffer.alloc(16, 7);
  const ballot = ballotToBytes(aBallot());

  function verdictOn(body: unknown): string {
    const decoded = codec.decode(packet(body));
    return decoded.kind === 'unreadable' ? decoded.reason : 'read';
  }

  function packed(write: (writer: PackedWriter) => void): Uint8Array {
    const writer = new PackedWriter();
    write(writer);
    return writer.take();
  }

  const sound = recordToRow({
    version: 9,
    epoch: 4,
    voters: [
      { id: '01'.repeat(16) as NodeId, storeId: '0a'.repeat(16) },
      { id: '02'.repeat(16) as NodeId, storeId: '0b'.repeat(16) },
    ],
    profile: 'lan',
    maxVoters: 7,
    replaceAfterMs: 600_000,
    condemned: [{ id: '01'.repeat(16) as NodeId, incarnation: LIVES }],
    floor: 0 as Incarnation,
    leader: { id: '01'.repeat(16) as NodeId, incarnation: LIVES, token: 9 },
  });
  const recordWith = (at: number, value: unknown): unknown => [
    KIND['whole-record'],
    0,
    9,
    id,
    sound.map((field, i) => (i === at ? value : field)),
    Buffer.alloc(0),
  ];
  const voterBytes = (count: number): Uint8Array =>
    packed((writer) => {
      for (let i = 0; i < count; i++) {
        writer.hex32((i + 1).toString(16).padStart(32, '0'));
        writer.hex32('0c'.repeat(16));
      }
    });

  const leaderBytes = (token: number): Uint8Array =>
    packed((writer) => {
      writer.hex32('01'.repeat(16));
      writer.whole(LIVES);
      writer.whole(token);
    });

  test.each<[string, unknown, string]>([
    ['a sound record', recordWith(0, 9), 'read'],
    ['64 voters', recordWith(2, voterBytes(LIMITS.votersMax)), 'read'],
    ['more voters than may be', recordWith(2, voterBytes(LIMITS.votersMax + 1)), 'out-of-bounds'],
    ['no voter at all', recordWith(2, Buffer.alloc(0)), 'out-of-bounds'],
    ['a voter twice', recordWith(2, Buffer.alloc(64, 3)), 'out-of-bounds'],
    ['half a voter', recordWith(2, Buffer.alloc(48, 3)), 'malformed'],
    ['an epoch above the version', recordWith(1, 10), 'out-of-bounds'],
    ['no epoch', recordWith(1, 0), 'out-of-bounds'],
    ['a profile that nobody knows', recordWith(3, 3), 'out-of-bounds'],
    ['room for no voter', recordWith(4, 0), 'out-of-bounds'],
    ['a token above the version', recordWith(8, leaderBytes(10)), 'out-of-bounds'],
    ['a leader with something behind', recordWith(8, Buffer.alloc(40)), 'malformed'],
  ])('of a record: %s', (_title, body, reason) => {
    expect(verdictOn(body)).toBe(reason);
  });

  test('one more condemned than a record may hold', () => {
    const bytes = (count: number): Uint8Array =>
      packed((writer) => {
        for (let i = 0; i < count; i++) {
          writer.hex32((i + 1).toString(16).padStart(32, '0'));
          writer.whole(1);
        }
      });
    expect(verdictOn(recordWith(6, bytes(LIMITS.condemnedMax)))).toBe('read');
    expect(verdictOn(recordWith(6, bytes(LIMITS.condemnedMax + 1)))).toBe('out-of-bounds');
  });

  const beat = [KIND.beat, 5, 9, ...votingToFields(aBeat(1))];
  const relay = (hops: unknown, inner: unknown): unknown => [KIND.relayed, 5, 9, hops, 1, 2, null, inner];

  test.each<[string, unknown, string]>([
    ['a beat passed on', relay(1, beat), 'read'],
    ['more hops than two', relay(3, beat), 'out-of-bounds'],
    ['a relay in a relay', relay(1, relay(1, beat)), 'unknown-kind'],
    ['a ping in a relay', relay(1, [KIND.ping, 0, 0, 1, 2, 3]), 'read'],
    ['an introduction asked for in a relay', relay(1, [KIND.who, 0, 0, 1, 2]), 'unknown-kind'],
    ['doubts in a relay', relay(1, [KIND.doubts, 0, 0, Buffer.alloc(0), Buffer.alloc(0)]), 'unknown-kind'],
    ['a whole record in a relay', relay(1, recordWith(0, 9)), 'unknown-kind'],
    ['a relay of nothing', relay(1, []), 'malformed'],
    ['a relay whose origin has no counter', relay(1, [KIND.beat, -1, 0, ...beat.slice(3)]), 'out-of-bounds'],
    ['a target that is no id', [KIND.relayed, 5, 9, 1, 1, 2, Buffer.alloc(15), beat], 'malformed'],
  ])('of relays: %s', (_title, body, reason) => {
    expect(verdictOn(body)).toBe(reason);
  });

  const acks = (count: number): Buffer => Buffer.alloc(10 * count, 1);

  test.each<[string, unknown, string]>([
    ['as many acks as may be', [KIND.ack, 0, 0, acks(LIMITS.acksMax), 0], 'read'],
    ['one ack more', [KIND.ack, 0, 0, acks(LIMITS.acksMax + 1), 0], 'out-of-bounds'],
    ['half an ack', [KIND.ack, 0, 0, acks(2).subarray(5), 0], 'malformed'],
    ['an ack without an epoch', [KIND.ack, 0, 0, acks(1).subarray(1), 0], 'malformed'],
    ['a number of nine groups', [KIND.ack, 0, 0, Buffer.alloc(18, 0xff), 0], 'malformed'],
    ['a store that is no id', [KIND.beat, 0, 0, 0, Buffer.alloc(8), 0, acks(0)], 'malformed'],
    ['a beat with flags of tomorrow', [KIND.beat, 0, 0, 0xff, id, 0, acks(0)], 'read'],
    ['a ballot cut short', [KIND.nack, 0, 0, 2, ballot.subarray(0, -1), ballot], 'malformed'],
    ['a ballot with something behind', [KIND.nack, 0, 0, 2, ballot, Buffer.concat([ballot, Buffer.alloc(1)])], 'malformed'],
    ['a sound change', [KIND.accept, 0, 0, 2, ballot, changeToBytes(condemning(LIMITS.changeEntriesMax))], 'read'],
    [
      'a change that condemns too many',
      [KIND.accept, 0, 0, 2, ballot, changeToBytes(condemning(LIMITS.changeEntriesMax + 1))],
      'out-of-bounds',
    ],
    ['a change of voters that nobody knows', [KIND.accept, 0, 0, 2, ballot, Buffer.of(0, 0, 3, 0)], 'out-of-bounds'],
    ['a change with something behind', [KIND.accept, 0, 0, 2, ballot, Buffer.of(0, 0, 0, 0, 0)], 'malformed'],
    ['half a delta', [KIND.deltas, 0, 0, 2, Buffer.of(0, 0, 0)], 'malformed'],
    ['as many deltas as are kept', [KIND.deltas, 0, 0, 2, Buffer.alloc(5 * LIMITS.deltasMax)], 'read'],
    ['one delta more', [KIND.deltas, 0, 0, 2, Buffer.alloc(5 * LIMITS.deltasMax + 5)], 'out-of-bounds'],
    [
      'more suspects than one poll asks for',
      [KIND.prepare, 0, 0, 2, ballot, Buffer.alloc(17 * (LIMITS.changeEntriesMax + 1))],
      'out-of-bounds',
    ],
    ['a wish that nobody knows', [KIND.request, 0, 0, 3, id], 'out-of-bounds'],
    ['a dwell of fractions', [KIND.promise, 0, 0, 2, ballot, null, 0.5, Buffer.alloc(0)], 'out-of-bounds'],
  ])('of what decides: %s', (_title, body, reason) => {
    expect(verdictOn(body)).toBe(reason);
  });
});
