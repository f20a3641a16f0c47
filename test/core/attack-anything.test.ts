// Whatever well-formed packets come in whatever order, from whoever, nothing throws, every answer can be encoded, and the list
// fits together afterwards.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  at,
  type ClusterRecord,
  type Command,
  clusterHashOf,
  createNode,
  Directory,
  type Envelope,
  genesis,
  type Incarnation,
  type Input,
  incarnation,
  type MemberEntry,
  type Message,
  type Node,
  nodeId,
  Outbox,
  runNonce,
  type Tag,
  tagOf,
} from '../../src/core/index.ts';
import { Codec } from '../../src/wire/index.ts';
import { messagesByKind, someAddress, someMemberEntry } from '../support/arbitraries.ts';
import { envelopesOf, nearMessages } from '../support/near-messages.ts';
import { BORN, optionsOf } from '../support/options.ts';
import { CLUSTER } from '../support/stranger.ts';

const SELF = nodeId('01'.repeat(16));
const NONCE = runNonce('ab'.repeat(16));
const ids = ['01', '02', '03', '04'].map((text) => nodeId(text.repeat(16)));
const lives = [BORN, BORN + 1, BORN + 2, BORN + 2 ** 32 + 2].map((value) => value as Incarnation);
const someTag: fc.Arbitrary<Tag> = fc
  .tuple(fc.constantFrom(...ids), fc.constantFrom(...lives), fc.constantFrom(NONCE, runNonce('cd'.repeat(16))))
  .map(([id, life, nonce]) => tagOf(CLUSTER, id, life, nonce));

// Few ids, lives and tags, and most of them right, so that packets get past the first checks.
const someEntry: fc.Arbitrary<MemberEntry> = fc
  .tuple(someMemberEntry, fc.constantFrom(...ids), fc.constantFrom(...lives), fc.boolean(), fc.nat(20_000))
  .map(([entry, id, life, isCounterPlain, plain]) => ({
    ...entry,
    id,
    incarnation: life,
    tag: tagOf(CLUSTER, id, life, NONCE),
    counter: isCounterPlain ? plain : entry.counter,
    stateAgeMs: isCounterPlain ? plain : entry.stateAgeMs,
  }));

const entries = fc.array(someEntry, { maxLength: 4 });
const someMessage: fc.Arbitrary<Message> = fc.oneof(
  fc.tuple(messagesByKind.push, entries).map(([push, told]) => ({ ...push, entries: told })),
  messagesByKind.push.chain((push) =>
    fc.array(someTag, { minLength: push.beats.count, maxLength: push.beats.count }).map((tags) => ({
      ...push,
      entries: [],
      beats: { ...push.beats, tagLo: Uint32Array.from(tags, (tag) => tag.lo) },
    })),
  ),
  fc.tuple(messagesByKind.ping, someTag).map(([ping, target]) => ({ ...ping, target })),
  messagesByKind.pong,
  someTag.map((tag) => ({ kind: 'who', tag }) as const),
  someEntry.map((entry) => ({ kind: 'hello', echo: 3, clusterId: CLUSTER, nonce: NONCE, entry, previous: null }) as const),
  fc.tuple(messagesByKind.superseded, someTag).map(([one, tag]) => ({ ...one, id: SELF, incarnation: lives[1]!, tag })),
  fc.tuple(messagesByKind.sync, entries).map(([sync, told]) => ({ ...sync, clusterId: CLUSTER, entries: told })),
  fc.tuple(messagesByKind['sync-reply'], entries).map(([reply, told]) => ({ ...reply, clusterId: CLUSTER, entries: told })),
  messagesByKind.join,
  messagesByKind.welcome,
  messagesByKind.refused,
);

/** This node votes alone, or with two of the others. */
const RECORDS = [[SELF], ids.slice(0, 3)].map((voters) =>
  genesis(
    voters.map((id) => ({ id, storeId: '00'.repeat(16) })),
    'lan',
    7,
    600_000,
  ),
);
const someEnvelope = envelopesOf(
  fc.oneof({ weight: 3, arbitrary: someMessage }, { weight: 4, arbitrary: nearMessages(ids, someTag, RECORDS[1]!) }),
  someTag,
  clusterHashOf(CLUSTER),
);

type Move =
  | { readonly kind: 'input'; readonly input: Input }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'disk' }
  | { readonly kind: 'dead'; readonly areDead: boolean }
  | { readonly kind: 'answer'; readonly envelope: Envelope };

const someCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constant<Command>({
      kind: 'set-tags',
      tags: [
        ['a', 'b'.repeat(1000)],
        ['b', 'c'.repeat(1000)],
      ],
    }),
  },
  { weight: 6, arbitrary: fc.constantFrom('a', 'n1', 'n2').map((name): Command => ({ kind: 'forget', name })) },
  { weight: 3, arbitrary: someAddress.map((address): Command => ({ kind: 'set-address', address })) },
  { weight: 3, arbitrary: fc.constant<Command>({ kind: 'partition', dropIn: ['a'], dropOut: ['n1'] }) },
  { weight: 3, arbitrary: someAddress.map((seed): Command => ({ kind: 'join', seeds: [seed] })) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Command>({ kind: 'confirm' }, { kind: 'voters', add: 'n1' }, { kind: 'voters', remove: 'n1' }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Command>({ kind: 'leave' }, { kind: 'stop' }, { kind: 'recover-force' }) },
);

const someMove: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .tuple(someAddress, someEnvelope)
      .map(([from, envelope]) => ({ kind: 'input', input: { kind: 'datagram', from, envelope } }) as const),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(someAddress, someEnvelope, fc.nat(1000))
      .map(([from, envelope, exchange]) => ({ kind: 'input', input: { kind: 'asked', exchange, from, envelope } }) as const),
  },
  { weight: 4, arbitrary: someEnvelope.map((envelope) => ({ kind: 'answer', envelope }) as const) },
  { weight: 8, arbitrary: fc.oneof(fc.nat(600), fc.nat(6000), fc.constant(90_000_000)).map((ms) => ({ kind: 'pass', ms }) as const) },
  { weight: 6, arbitrary: fc.constant({ kind: 'disk' } as const) },
  { weight: 2, arbitrary: fc.boolean().map((areDead) => ({ kind: 'dead', areDead }) as const) },
  { weight: 3, arbitrary: someCommand.map((command) => ({ kind: 'input', input: { kind: 'command', ticket: 1, command } }) as const) },
);

function newNode(record: ClusterRecord | null): Node {
  const meta = { version: 0, restarts: 1, zone: '', software: '0.1.0', canVote: true, tags: [] };
  return createNode(
    optionsOf(0, {
      id: SELF,
      storeId: '00'.repeat(16),
      nonce: NONCE,
      incarnation: incarnation(BORN + 1),
      bornIncarnation: incarnation(BORN),
      clusterId: record === null ? null : CLUSTER,
      facts: { name: 'a', address: '127.0.0.1:7946' as never, meta },
      seeds: ['seed:1'],
      record,
      randomSeed: 7,
      directory: new Directory(),
    }),
    at(1000),
  );
}

describe('one node', () => {
  test('takes anything that anyone may say, in any order', () => {
    fc.assert(
      fc.property(fc.constantFrom(null, ...RECORDS), fc.array(someMove, { minLength: 10, maxLength: 120 }), (record, moves) => {
        const node = newNode(record);
        const codec = new Codec();
        const outbox = new Outbox();
        const tickets: number[] = [];
        const exchanges: number[] = [];
        const stops: Incarnation[] = [];
        let version = 0;
        let now = 1000;
        let hasEnded = false;
        let saved = 0;
        const step = (input: Input): void => {
          if (hasEnded) return;
          const indexBefore = node.index;
          node.step(input, at(now), outbox);
          for (const effect of outbox.effects) {
            if (effect.kind === 'send')
              expect(codec.decode(codec.encodeDatagram(effect.envelope).slice())).toMatchObject({ kind: 'message' });
            if (effect.kind === 'exchange' || effect.kind === 'reply')
              expect(codec.decode(codec.encodeFrame(effect.envelope))).toMatchObject({ kind: 'message' });
            if (effect.kind === 'exchange') exchanges.push(effect.exchange);
            if (effect.kind === 'stop-workloads') stops.push(effect.incarnation);
            if (effect.kind === 'persist') {
              tickets.push(effect.ticket);
              expect(effect.state.incarnation).toBeGreaterThanOrEqual(saved);
              saved = effect.state.incarnation;
            }
            if (effect.kind === 'event' && 'id' in effect.event) expect(node.index).toBeGreaterThan(indexBefore);
            if (effect.kind === 'exit') hasEnded = true;
          }
          outbox.clear();
          if (hasEnded) return;
          node.checkInvariants();
          expect(node.incarnation).toBeLessThanOrEqual(saved);
          expect(node.record?.version ?? 0).toBeGreaterThanOrEqual(version);
          version = node.record?.version ?? 0;
          if (node.standing !== 'quorate') expect(node.isQuorate(at(now), now)).toBe(false);
          const counts = node.counts(at(now));
          const members = node.members(at(now));
          expect(members.length).toBe(counts.alive + counts.suspect + counts.failed + counts.left + counts.stopped);
        };
        step({ kind: 'tick' });
        for (const move of moves) {
          if (move.kind === 'input') step(move.input);
          else if (move.kind === 'answer') {
            const exchange = exchanges.shift();
            if (exchange !== undefined) step({ kind: 'answered', exchange, envelope: move.envelope });
          } else if (move.kind === 'dead') {
            const of = stops.shift();
            if (of !== undefined) step({ kind: 'workloads-ended', incarnation: of, areDead: move.areDead });
          } else if (move.kind === 'disk') {
            const ticket = tickets.shift();
            if (ticket !== undefined) step({ kind: 'persisted', ticket });
          } else {
            const until = now + move.ms;
            for (let ticks = 0; ticks < 40 && node.nextWakeupMs() <= until; ticks++) {
              now = Math.max(now, node.nextWakeupMs());
              step({ kind: 'tick' });
            }
            now = until;
            step({ kind: 'tick' });
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});
