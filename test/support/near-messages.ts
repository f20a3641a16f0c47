// What the record's messages say in a world so small that ids, lives, versions and ballots collide all the time: packets that get
// past the first checks.

import * as fc from 'fast-check';
import type { AckRow, Change, ClusterRecord, Envelope, Incarnation, Message, NodeId, Relayed, Tag } from '../../src/core/index.ts';
import { messagesByKind } from './arbitraries.ts';
import { BORN } from './options.ts';

type Kind = Message['kind'];

export function nearMessages(ids: readonly NodeId[], someTag: fc.Arbitrary<Tag>, record: ClusterRecord): fc.Arbitrary<Message> {
  const someId = fc.constantFrom(...ids);
  const someLife = fc.nat(3).map((life) => (BORN + life) as Incarnation);
  const condemned = fc.array(fc.record({ id: someId, incarnation: someLife }), { maxLength: 3 });
  const version = fc.integer({ min: 1, max: 5 });
  const idleMs = fc.array(fc.nat(10_000), { maxLength: 3 });
  const ballot = fc.record({ round: fc.nat(6), id: someId, incarnation: someLife, sequence: fc.nat(6) });
  const change: fc.Arbitrary<Change> = fc.record({
    condemn: condemned,
    reap: fc.array(someId, { maxLength: 1 }),
    voters: fc.option(
      fc.oneof(
        someId.map((id) => ({ kind: 'add' as const, voter: { id, storeId: '00'.repeat(16) } })),
        someId.map((id) => ({ kind: 'remove' as const, id })),
      ),
    ),
    leader: fc.option(
      fc.oneof(
        fc.constant({ kind: 'none' as const }),
        fc.tuple(someId, someLife).map(([id, incarnation]) => ({ kind: 'name' as const, id, incarnation })),
      ),
    ),
  });
  const acks: fc.Arbitrary<AckRow[]> = fc.array(fc.record({ tag: someTag, counter: fc.nat(2000), epoch: fc.integer({ min: 1, max: 3 }) }), {
    maxLength: 3,
  });
  const with_ = <K extends Kind, P extends Partial<Extract<Message, { kind: K }>>>(kind: K, part: { [F in keyof P]: fc.Arbitrary<P[F]> }) =>
    fc.tuple(messagesByKind[kind] as fc.Arbitrary<Message>, fc.record(part)).map(([whole, near]) => ({ ...whole, ...near }) as Message);
  const inners = fc.oneof(
    with_('beat', { acks }),
    with_('ack', { acks }),
    with_('prepare', { version, ballot, suspects: condemned }),
    with_('promise', { version, ballot, accepted: fc.option(fc.record({ ballot, change })), idleMs }),
    with_('nack', { version, ballot, promised: ballot }),
    with_('accept', { version, ballot, change }),
    with_('accepted', { version, ballot, idleMs }),
    with_('deltas', { base: version, changes: fc.array(fc.record({ change, waitMs: fc.nat(5000) }), { maxLength: 3 }) }),
  );
  return fc.oneof(
    { weight: 8, arbitrary: inners },
    {
      weight: 2,
      arbitrary: with_('relayed', { originSender: someTag, target: fc.option(someId), inner: inners as fc.Arbitrary<Relayed['inner']> }),
    },
    messagesByKind.confirm,
    messagesByKind.confirmed,
    messagesByKind.recall,
    with_('recalled', { tag: someTag, incarnation: someLife, writeCount: fc.nat(3) }),
    with_('request', { wish: fc.record({ kind: fc.constantFrom('remove-voter', 'add-voter', 'forget'), id: someId }) }),
    messagesByKind['ask-record'],
    with_('whole-record', {
      record: fc.tuple(version, condemned).map(([at, gone]) => ({ ...record, version: at, condemned: uniqueById(gone) })),
      waits: fc.array(fc.record({ id: someId, waitMs: fc.nat(5000) }), { maxLength: 3 }),
    }),
    messagesByKind.vote,
  );
}

export function envelopesOf(message: fc.Arbitrary<Message>, someTag: fc.Arbitrary<Tag>, clusterHash: number): fc.Arbitrary<Envelope> {
  return fc.tuple(message, someTag, fc.nat(20_000), fc.nat(5)).map(([said, sender, counter, recordVersion]) => ({
    clusterHash,
    sender: said.kind === 'hello' ? said.entry.tag : sender,
    counter,
    recordVersion,
    message: said,
  }));
}

function uniqueById<T extends { readonly id: NodeId }>(entries: readonly T[]): T[] {
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
