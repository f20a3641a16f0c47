// Arbitrary messages and their parts, for properties. Few ids, names and addresses, so that they collide: collisions find bugs.
// Numbers lean to the edges of their ranges; texts hold more than ASCII.

import * as fc from 'fast-check';
import {
  type AckRow,
  type Address,
  type Ballot,
  type Beats,
  type Change,
  type ClusterId,
  type ClusterRecord,
  type Condemned,
  type Envelope,
  type Facts,
  INCARNATION_MAX,
  type Incarnation,
  LIMITS,
  MEMBER_STATES,
  type MemberEntry,
  type Message,
  type Meta,
  type NodeId,
  type Relayed,
  type RunNonce,
  type Sighting,
  type Succession,
  type Tag,
  type Voter,
} from '../../src/core/index.ts';

/** Plain objects, as everything else makes them: fast-check would also give ones without a prototype. */
function record<T>(model: { readonly [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true });
}

const uint32 = fc.oneof(fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff), fc.nat(0xffffffff));
const safe = fc.oneof(fc.nat(200), fc.nat(0xffffffff), fc.constantFrom(2 ** 32, Number.MAX_SAFE_INTEGER), fc.maxSafeNat());

function hex32(distinct: number): fc.Arbitrary<string> {
  return fc.nat(distinct - 1).map((n) => (n + 1).toString(16).padStart(2, '0').repeat(16));
}

export const someNodeId: fc.Arbitrary<NodeId> = hex32(5).map((text) => text as NodeId);
export const someClusterId: fc.Arbitrary<ClusterId> = hex32(2).map((text) => text as ClusterId);
export const someNonce: fc.Arbitrary<RunNonce> = hex32(3).map((text) => text as RunNonce);
export const someTag: fc.Arbitrary<Tag> = record({ lo: uint32, hi: uint32 });
export const someCounter: fc.Arbitrary<number> = safe;
export const someIncarnation: fc.Arbitrary<Incarnation> = fc
  .oneof(
    fc.nat(3),
    fc.constantFrom(1_790_000_000_000, INCARNATION_MAX),
    fc.maxSafeNat().map((n) => n % (INCARNATION_MAX + 1)),
  )
  .map((value) => value as Incarnation);

export const someAddress: fc.Arbitrary<Address> = fc
  .tuple(
    fc.constantFrom(
      '127.0.0.1',
      '10.0.0.2',
      '192.168.1.255',
      '[::1]',
      '[fe80::1]',
      '[2001:db8::8:800:200c:417a]',
      '[2001:db8:0:1:1:1:1:1]',
    ),
    fc.constantFrom(1, 7946, 65_535),
  )
  .map(([host, port]) => `${host}:${port}` as Address);

export const someName: fc.Arbitrary<string> = fc.constantFrom('a', 'n1', 'n2', 'node-3.example_x', 'N'.repeat(LIMITS.nameLengthMax));

/** Well-formed text of at most that many bytes; a byte order mark at its start is no text of anyone's. */
export function someText(bytesMax: number): fc.Arbitrary<string> {
  return fc
    .oneof(fc.string({ unit: 'grapheme-ascii', maxLength: bytesMax }), fc.string({ unit: 'binary', maxLength: bytesMax }))
    .filter((text) => text.charCodeAt(0) !== 0xfeff && Buffer.byteLength(text) <= bytesMax);
}

const someTags: fc.Arbitrary<Meta['tags']> = fc
  .uniqueArray(fc.tuple(fc.oneof(fc.constantFrom('role', 'zone'), someText(12)), someText(40)), { selector: ([key]) => key, maxLength: 4 })
  .map((tags) => tags.sort(([a], [b]) => (a < b ? -1 : 1)));

export const someMeta: fc.Arbitrary<Meta> = record({
  version: safe,
  restarts: fc.oneof(fc.nat(3), fc.constant(INCARNATION_MAX)),
  zone: someText(LIMITS.zoneLengthMax),
  software: fc.constantFrom('0.1.0', '', 'x'.repeat(LIMITS.softwareLengthMax)),
  canVote: fc.boolean(),
  tags: someTags,
});

export const someFacts: fc.Arbitrary<Facts> = record({ name: someName, address: someAddress, meta: someMeta });

export const someMemberEntry: fc.Arbitrary<MemberEntry> = record({
  id: someNodeId,
  incarnation: someIncarnation,
  tag: someTag,
  counter: someCounter,
  state: fc.constantFrom(...MEMBER_STATES),
  stateAgeMs: safe,
  facts: someFacts,
});

export const someBeats: fc.Arbitrary<Beats> = fc.array(fc.tuple(uint32, someCounter), { maxLength: 20 }).map((pairs) => ({
  count: pairs.length,
  tagLo: Uint32Array.from(pairs, ([tagLo]) => tagLo),
  counter: Float64Array.from(pairs, ([, counter]) => counter),
}));

const someHashes: fc.Arbitrary<Uint32Array> = fc.array(uint32, { maxLength: 20 }).map((hashes) => Uint32Array.from(hashes));
const someEntries = fc.array(someMemberEntry, { maxLength: 4 });

const someStoreId: fc.Arbitrary<string> = hex32(4);
/** Whole milliseconds, as far as durations are told. */
const someMs = fc.oneof(fc.nat(5000), fc.constantFrom(0, 0xffffffff));

export const someBallot: fc.Arbitrary<Ballot> = record({ round: safe, id: someNodeId, incarnation: someIncarnation, sequence: safe });
const someVoter: fc.Arbitrary<Voter> = record({ id: someNodeId, storeId: someStoreId });
const someCondemned: fc.Arbitrary<Condemned> = record({ id: someNodeId, incarnation: someIncarnation });

export const someChange: fc.Arbitrary<Change> = record({
  condemn: fc.array(someCondemned, { maxLength: 4 }),
  reap: fc.array(someNodeId, { maxLength: 4 }),
  voters: fc.option(
    fc.oneof(
      record({ kind: fc.constant('add' as const), voter: someVoter }),
      record({ kind: fc.constant('remove' as const), id: someNodeId }),
    ),
  ),
  leader: fc.option(
    fc.oneof(
      record({ kind: fc.constant('name' as const), id: someNodeId, incarnation: someIncarnation }),
      record({ kind: fc.constant('none' as const) }),
    ),
  ),
});

function sortedById<T extends { readonly id: NodeId }>(entry: fc.Arbitrary<T>, minLength: number): fc.Arbitrary<T[]> {
  return fc
    .uniqueArray(entry, { selector: ({ id }) => id, minLength, maxLength: 5 })
    .map((entries) => entries.sort((a, b) => (a.id < b.id ? -1 : 1)));
}

export const someRecord: fc.Arbitrary<ClusterRecord> = fc.integer({ min: 1, max: 300 }).chain((version) =>
  record({
    version: fc.constant(version),
    epoch: fc.integer({ min: 1, max: version }),
    voters: sortedById(someVoter, 1),
    profile: fc.constantFrom('local', 'lan', 'wan'),
    maxVoters: fc.integer({ min: 1, max: LIMITS.votersMax }),
    replaceAfterMs: safe,
    condemned: sortedById(someCondemned, 0),
    floor: someIncarnation,
    leader: fc.option(record({ id: someNodeId, incarnation: someIncarnation, token: fc.nat(version) })),
  }),
);

const someSuccession: fc.Arbitrary<Succession> = record({ incarnation: someIncarnation, nonce: someNonce, isClean: fc.boolean() });
const someAcks: fc.Arbitrary<AckRow[]> = fc.array(record({ tag: someTag, counter: someCounter, epoch: safe }), { maxLength: 8 });
const someSightings: fc.Arbitrary<Sighting[]> = fc.array(record({ tag: someTag, counter: someCounter }), { maxLength: 8 });
const someIdles = fc.array(someMs, { maxLength: 5 });

/** What a relay may carry. */
const innersByKind: { readonly [K in Relayed['inner']['kind']]: fc.Arbitrary<Extract<Relayed['inner'], { kind: K }>> } = {
  beat: record({
    kind: fc.constant('beat'),
    isShort: fc.boolean(),
    isLost: fc.boolean(),
    isStable: fc.boolean(),
    storeId: fc.option(someStoreId),
    canVote: fc.boolean(),
    canLead: fc.boolean(),
    writeCount: safe,
    acks: someAcks,
  }),
  ack: record({ kind: fc.constant('ack'), acks: someAcks, againMs: someMs }),
  ping: record({ kind: fc.constant('ping'), target: someTag, echo: safe }),
  pong: record({ kind: fc.constant('pong'), echo: safe }),
  prepare: record({
    kind: fc.constant('prepare'),
    version: safe,
    ballot: someBallot,
    suspects: fc.array(someCondemned, { maxLength: 5 }),
  }),
  promise: record({
    kind: fc.constant('promise'),
    version: safe,
    ballot: someBallot,
    accepted: fc.option(record({ ballot: someBallot, change: someChange })),
    dwellLeftMs: someMs,
    idleMs: someIdles,
  }),
  nack: record({ kind: fc.constant('nack'), version: safe, ballot: someBallot, promised: someBallot }),
  accept: record({ kind: fc.constant('accept'), version: safe, ballot: someBallot, change: someChange }),
  accepted: record({ kind: fc.constant('accepted'), version: safe, ballot: someBallot, idleMs: someIdles }),
  deltas: record({
    kind: fc.constant('deltas'),
    base: safe,
    changes: fc.array(record({ change: someChange, waitMs: someMs }), { maxLength: 4 }),
  }),
};

/** One arbitrary a kind of message; a kind that is missing here is a type error. */
export const messagesByKind: { readonly [K in Message['kind']]: fc.Arbitrary<Extract<Message, { kind: K }>> } = {
  push: record({ kind: fc.constant('push'), listHash: someTag, entries: someEntries, beats: someBeats }),
  who: record({ kind: fc.constant('who'), tag: someTag }),
  hello: record({
    kind: fc.constant('hello'),
    echo: safe,
    clusterId: someClusterId,
    nonce: someNonce,
    entry: someMemberEntry,
    previous: fc.option(someSuccession),
  }),
  superseded: record({ kind: fc.constant('superseded'), id: someNodeId, incarnation: someIncarnation, tag: someTag }),
  join: record({ kind: fc.constant('join'), clusterName: fc.constantFrom('default', 'other'), entry: someMemberEntry }),
  welcome: record({
    kind: fc.constant('welcome'),
    clusterId: someClusterId,
    record: someRecord,
    entries: someEntries,
  }),
  sync: record({
    kind: fc.constant('sync'),
    clusterId: someClusterId,
    digest: fc.option(someHashes),
    entries: someEntries,
  }),
  'sync-reply': record({ kind: fc.constant('sync-reply'), clusterId: someClusterId, entries: someEntries, wanted: someHashes }),
  refused: record({
    kind: fc.constant('refused'),
    reason: fc.constantFrom('no-cluster', 'self', 'cluster-name', 'other-cluster'),
    detail: someText(LIMITS.nameLengthMax),
  }),
  doubts: record({ kind: fc.constant('doubts'), suspected: someSightings, heard: someSightings }),
  ...innersByKind,
  relayed: record({
    kind: fc.constant('relayed'),
    hops: fc.nat(2),
    originSender: someTag,
    originCounter: someCounter,
    originRecordVersion: safe,
    target: fc.option(someNodeId),
    inner: fc.oneof(...Object.values(innersByKind)) as fc.Arbitrary<Relayed['inner']>,
  }),
  'ask-record': record({ kind: fc.constant('ask-record'), clusterId: someClusterId }),
  'whole-record': record({
    kind: fc.constant('whole-record'),
    clusterId: someClusterId,
    record: someRecord,
    waits: fc.array(record({ id: someNodeId, waitMs: someMs }), { maxLength: 4 }),
  }),
  confirm: record({ kind: fc.constant('confirm'), nonce: safe }),
  recall: record({ kind: fc.constant('recall') }),
  recalled: record({ kind: fc.constant('recalled'), tag: someTag, incarnation: someIncarnation, writeCount: safe }),
  confirmed: record({ kind: fc.constant('confirmed'), nonce: safe, epoch: safe, counter: someCounter }),
  request: record({
    kind: fc.constant('request'),
    wish: record({ kind: fc.constantFrom('remove-voter', 'add-voter', 'forget'), id: someNodeId }),
  }),
  vote: record({
    kind: fc.constant('vote'),
    clusterName: fc.constantFrom('default', 'other'),
    entry: someMemberEntry,
    storeId: someStoreId,
    expected: fc.nat(LIMITS.votersMax),
    votes: fc.array(record({ id: someNodeId, storeId: someStoreId, ids: fc.array(someNodeId, { maxLength: 5 }) }), { maxLength: 4 }),
  }),
};

export const someMessage: fc.Arbitrary<Message> = fc.oneof(...Object.values(messagesByKind));

export function envelopeOf(message: fc.Arbitrary<Message>): fc.Arbitrary<Envelope> {
  return record({ clusterHash: uint32, sender: someTag, counter: someCounter, recordVersion: safe, message });
}

export const someEnvelope: fc.Arbitrary<Envelope> = envelopeOf(someMessage);

/** Envelopes as values that compare: columns are cut to their count and copied, because their owner uses them again. */
export function comparable(envelope: Envelope): unknown {
  const { message } = envelope;
  if (message.kind !== 'push') return envelope;
  const { count, tagLo, counter } = message.beats;
  const beats = { count, tagLo: [...tagLo.subarray(0, count)], counter: [...counter.subarray(0, count)] };
  return { ...envelope, message: { ...message, beats } };
}
