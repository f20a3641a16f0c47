// Arbitrary messages and their parts, for properties. Few ids, names and addresses, so that they collide: collisions find bugs.
// Numbers lean to the edges of their ranges; texts hold more than ASCII.

import * as fc from 'fast-check';
import {
  type Address,
  type Beats,
  type ClusterId,
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
  type RunNonce,
  type Tag,
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

/** One arbitrary a kind of message; a kind that is missing here is a type error. */
export const messagesByKind: { readonly [K in Message['kind']]: fc.Arbitrary<Extract<Message, { kind: K }>> } = {
  push: record({ kind: fc.constant('push'), listHash: someTag, entries: someEntries, beats: someBeats }),
  ping: record({ kind: fc.constant('ping'), target: someTag, echo: safe }),
  pong: record({ kind: fc.constant('pong'), echo: safe }),
  who: record({ kind: fc.constant('who'), tag: someTag }),
  hello: record({ kind: fc.constant('hello'), echo: safe, clusterId: someClusterId, nonce: someNonce, entry: someMemberEntry }),
  superseded: record({ kind: fc.constant('superseded'), id: someNodeId, incarnation: someIncarnation, tag: someTag }),
  join: record({ kind: fc.constant('join'), clusterName: fc.constantFrom('default', 'other'), entry: someMemberEntry }),
  welcome: record({
    kind: fc.constant('welcome'),
    clusterId: someClusterId,
    profile: fc.constantFrom('local', 'lan', 'wan'),
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
