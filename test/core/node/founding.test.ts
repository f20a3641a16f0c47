// A cluster founded by its first N at once (R12): one vote each, on disk before it is told, never changed; N equal votes make the
// same cluster for all who hold them.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  at,
  type DurableState,
  type Incarnation,
  type NodeId,
  Outbox,
  type ProfileName,
  type RunNonce,
  type Vote,
} from '../../../src/core/index.ts';
import { Founding } from '../../../src/core/node/founding.ts';
import { Ledger } from '../../../src/core/node/ledger.ts';
import { Self } from '../../../src/core/node/self.ts';
import { durableState } from '../../support/durable-state.ts';
import { factsOf, idOf } from '../../support/members.ts';
import { optionsOf } from '../../support/options.ts';
import { voterOf } from '../../support/records.ts';

interface Terms {
  readonly expected?: number;
  readonly clusterName?: string;
  readonly profile?: ProfileName;
  readonly maxVoters?: number;
  /** From the disk of an earlier run. */
  readonly vote?: readonly NodeId[];
}

class Founder {
  readonly founding: Founding;
  disk: DurableState | null = null;
  readonly #ledger: Ledger;
  readonly #asked: { readonly ticket: number; readonly state: DurableState }[] = [];

  constructor(ordinal: number, { expected = 3, vote, ...rest }: Terms = {}) {
    const options = optionsOf(ordinal, { ...rest, clusterId: null, expect: expected, vote: vote ?? null });
    const self = new Self(options.id, 'ab'.repeat(16) as RunNonce, 1 as Incarnation, 1 as Incarnation, factsOf(ordinal), at(0));
    this.#ledger = new Ledger(0, () => durableState({ vote: this.founding.vote }));
    this.founding = new Founding(options, self, this.#ledger, expected);
  }

  hear(message: Vote): boolean {
    const outbox = new Outbox();
    const isOnTerms = this.founding.hear(message, at(0), outbox);
    for (const effect of outbox.effects) if (effect.kind === 'persist') this.#asked.push(effect);
    return isOnTerms;
  }

  persist(): void {
    const write = this.#asked.shift();
    if (write === undefined) return;
    this.disk = write.state;
    this.#ledger.persisted(write.ticket, at(0), new Outbox());
  }

  /** Whom it says it voted for. */
  get toldVote(): readonly NodeId[] {
    const own = this.founding.message();
    return own.votes.find(({ id }) => id === own.entry.id)?.ids ?? [];
  }
}

/** Everyone tells everyone, once. */
function gossip(founders: readonly Founder[]): void {
  for (const one of founders) for (const other of founders) if (one !== other) one.hear(other.founding.message());
}

describe('N nodes that see exactly each other', () => {
  test('found the same cluster with the same first record, all of them voting', () => {
    const founders = [3, 1, 2].map((ordinal) => new Founder(ordinal));
    for (let round = 0; round < 3; round++) {
      gossip(founders);
      for (const one of founders) one.persist();
    }
    const founded = founders.map(({ founding }) => founding.founded());
    expect(founded[0]).toMatchObject({ record: { version: 1, epoch: 1, voters: [1, 2, 3].map(voterOf), maxVoters: 7, leader: null } });
    for (const other of founded) expect(other).toStrictEqual(founded[0]);
  });

  test('are all voters, also where fewer were to vote at most', () => {
    const founders = [1, 2, 3].map((ordinal) => new Founder(ordinal, { maxVoters: 1 }));
    for (let round = 0; round < 3; round++) {
      gossip(founders);
      for (const one of founders) one.persist();
    }
    expect(founders[0]!.founding.founded()?.record).toMatchObject({ maxVoters: 3 });
  });

  test('found another cluster on other terms, or as other nodes', () => {
    const clusterOf = (ordinals: readonly number[], terms: Terms): string | undefined => {
      const founders = ordinals.map((ordinal) => new Founder(ordinal, terms));
      for (let round = 0; round < 3; round++) {
        gossip(founders);
        for (const one of founders) one.persist();
      }
      return founders[0]!.founding.founded()?.cluster;
    };
    const clusters = [
      clusterOf([1, 2, 3], {}),
      clusterOf([1, 2, 4], {}),
      clusterOf([1, 2], { expected: 2 }),
      clusterOf([1, 2, 3], { clusterName: 'prod' }),
      clusterOf([1, 2, 3], { profile: 'wan' }),
      clusterOf([1, 2, 3], { maxVoters: 5 }),
    ];
    expect(clusters.every((cluster) => cluster !== undefined)).toBe(true);
    expect(new Set(clusters).size).toBe(clusters.length);
  });
});

describe('a vote', () => {
  test('is told only when it is on disk, and nothing is founded before', () => {
    const [one, two] = [new Founder(1, { expected: 2 }), new Founder(2, { expected: 2 })];
    two.hear(one.founding.message());
    two.persist();
    one.hear(two.founding.message());
    expect(one.toldVote).toStrictEqual([]);
    expect(one.founding.founded()).toBeNull();
    one.persist();
    expect(one.disk?.vote).toStrictEqual([1, 2].map(idOf));
    expect(one.toldVote).toStrictEqual([1, 2].map(idOf));
    expect(one.founding.founded()).not.toBeNull();
  });

  test('is cast once: who is seen later changes nothing', () => {
    const one = new Founder(1, { expected: 2 });
    one.hear(new Founder(2, { expected: 2 }).founding.message());
    one.persist();
    one.hear(new Founder(3, { expected: 2 }).founding.message());
    one.persist();
    expect(one.toldVote).toStrictEqual([1, 2].map(idOf));
  });

  test('from the disk is the vote of the next run too, whomever that one sees', () => {
    const one = new Founder(1, { expected: 2, vote: [1, 2].map(idOf) });
    one.hear(new Founder(3, { expected: 2 }).founding.message());
    expect(one.toldVote).toStrictEqual([1, 2].map(idOf));
    expect(one.founding.problems()).toMatchObject([{ code: 'waiting-for-votes', message: expect.stringContaining(idOf(2)) }]);
  });

  test('is not cast for more than are expected, and that is said', () => {
    const one = new Founder(1, { expected: 2 });
    const both = new Founder(2, { expected: 2 }).founding.message();
    one.hear({ ...both, votes: [...both.votes, { id: idOf(3), storeId: 'f'.repeat(32), ids: [] }] });
    expect(one.founding.vote).toBeNull();
    expect(one.founding.problems()).toMatchObject([{ code: 'waiting-for-founders', hint: expect.stringContaining('more than expected') }]);
  });

  test('heard first of another stands: a later word cannot change it', () => {
    const one = new Founder(1, { expected: 2 });
    const two = new Founder(2, { expected: 2 }).founding.message();
    const voted = (ids: readonly number[]): Vote => ({ ...two, votes: [{ id: idOf(2), storeId: voterOf(2).storeId, ids: ids.map(idOf) }] });
    one.hear(voted([2, 7]));
    one.hear(voted([1, 2]));
    one.persist();
    expect(one.founding.founded()).toBeNull();
  });
});

describe('terms', () => {
  test.each([{ clusterName: 'prod' }, { profile: 'wan' }, { maxVoters: 5 }, { expected: 4 }] as const)(
    'that differ in %j are refused, and who has them is not counted',
    (terms) => {
      const one = new Founder(1, { expected: 2 });
      expect(one.hear(new Founder(2, { expected: 2, ...terms }).founding.message())).toBe(false);
      expect(one.founding.vote).toBeNull();
      expect(one.founding.problems()[0]?.message).toContain('1 of the 2 agents');
    },
  );
});

test('whoever hears whom in whatever order, and whoever starts again from its disk, never two clusters come of it', () => {
  // Four nodes expect three: no more than one set of three can be complete.
  const someMove = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constant('hear' as const), fc.nat(3), fc.nat(3)) },
    { weight: 3, arbitrary: fc.tuple(fc.constant('persist' as const), fc.nat(3), fc.constant(0)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('restart' as const), fc.nat(3), fc.constant(0)) },
  );
  fc.assert(
    fc.property(fc.array(someMove, { maxLength: 60 }), (moves) => {
      const founders = [0, 1, 2, 3].map((ordinal) => new Founder(ordinal));
      const clusters = new Set<string>();
      for (const [kind, at0, from] of moves) {
        const one = founders[at0]!;
        if (kind === 'hear' && at0 !== from) one.hear(founders[from]!.founding.message());
        if (kind === 'persist') one.persist();
        if (kind === 'restart') founders[at0] = new Founder(at0, one.disk?.vote ? { vote: one.disk.vote } : {});
        const founded = founders[at0]!.founding.founded();
        if (founded !== null) clusters.add(founded.cluster);
      }
      expect(clusters.size).toBeLessThanOrEqual(1);
    }),
    { numRuns: 500 },
  );
});
