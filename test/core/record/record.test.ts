// What a change may do to a record and what is refused, rule by rule (R4).

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyChange,
  type Change,
  type ClusterRecord,
  condemnedBy,
  genesis,
  isCondemned,
  isVoter,
  quorumsIntersect,
} from '../../../src/core/record/index.ts';
import { idOf } from '../../support/members.ts';
import { changeOf, lifeOf, recordOfVoters, voterOf } from '../../support/records.ts';

function applied(old: ClusterRecord, change: Partial<Change>): ClusterRecord {
  const result = applyChange(old, changeOf(change));
  if (result.kind === 'refused') throw new Error(`refused: it ${result.reason}`);
  return result.record;
}

function refusal(old: ClusterRecord, change: Partial<Change>): string | null {
  const result = applyChange(old, changeOf(change));
  return result.kind === 'refused' ? result.reason : null;
}

describe('the first record', () => {
  test('is the same for all who name the same voters in any order', () => {
    expect(genesis([voterOf(2), voterOf(1)], 'lan', 7, 600_000)).toStrictEqual(genesis([voterOf(1), voterOf(2)], 'lan', 7, 600_000));
  });

  test('condemns nobody and names no leader', () => {
    expect(recordOfVoters([1])).toMatchObject({ version: 1, epoch: 1, condemned: [], floor: 0, leader: null });
  });
});

describe('a change', () => {
  const old = recordOfVoters([1, 2, 3], { version: 7, epoch: 3 });

  test('makes the very next version, and a new epoch only with new voters', () => {
    expect(applied(old, { condemn: [lifeOf(9)] })).toMatchObject({ version: 8, epoch: 3 });
    expect(applied(old, { voters: { kind: 'add', voter: voterOf(4) } })).toMatchObject({ version: 8, epoch: 4 });
  });

  test('does not alter the record that it is applied to', () => {
    const before = structuredClone(old);
    applied(old, { condemn: [lifeOf(2)], voters: { kind: 'remove', id: idOf(2) }, leader: { kind: 'name', ...lifeOf(1) } });
    expect(old).toStrictEqual(before);
  });

  test('never touches the timings, nor how many vote at most', () => {
    const { profile, maxVoters, replaceAfterMs } = applied(old, { voters: { kind: 'remove', id: idOf(1) } });
    expect({ profile, maxVoters, replaceAfterMs }).toStrictEqual({ profile: 'lan', maxVoters: 7, replaceAfterMs: 600_000 });
  });
});

describe('condemning', () => {
  test('a higher life of one that is condemned raises its entry; an id has one', () => {
    const once = applied(recordOfVoters([1]), { condemn: [lifeOf(2, 5), lifeOf(1, 1)] });
    expect(applied(once, { condemn: [lifeOf(2, 6)] }).condemned).toStrictEqual([lifeOf(1, 1), lifeOf(2, 6)]);
  });

  test.each([5, 4])('life %i where life 5 is condemned is refused: entries only grow', (incarnation) => {
    const old = recordOfVoters([1], { condemned: [lifeOf(2, 5)] });
    expect(refusal(old, { condemn: [lifeOf(2, incarnation)] })).toBe('condemns what is condemned');
  });

  test('covers the lives before, not those after', () => {
    const record = recordOfVoters([1], { condemned: [lifeOf(2, 5)] });
    expect([4, 5, 6].map((life) => isCondemned(record, idOf(2), life))).toStrictEqual([true, true, false]);
    expect([4, 5, 6].map((life) => condemnedBy(changeOf({ condemn: [lifeOf(2, 5)] }), idOf(2), life))).toStrictEqual([true, true, false]);
    expect(isCondemned(record, idOf(3), 1)).toBe(false);
  });
});

describe('reaping', () => {
  const old = recordOfVoters([1], { condemned: [lifeOf(2, 50), lifeOf(3, 40)], floor: lifeOf(0, 45).incarnation });

  test('takes an entry out and leaves a floor at least as high: who slept through it is not let in as it was', () => {
    expect(applied(old, { reap: [idOf(2)] })).toMatchObject({ condemned: [lifeOf(3, 40)], floor: 50 });
  });

  test('never lowers the floor', () => {
    expect(applied(old, { reap: [idOf(3)] }).floor).toBe(45);
  });

  test('of one that is not condemned is refused', () => {
    expect(refusal(old, { reap: [idOf(4)] })).toBe('reaps one that is not condemned');
    expect(refusal(old, { reap: [idOf(2), idOf(2)] })).toBe('reaps one that is not condemned');
  });

  test('of the named leader’s end is refused until another is named: nobody would know any more that it is over', () => {
    const led = recordOfVoters([1, 2], { condemned: [lifeOf(2, 50)], leader: { ...lifeOf(2, 50), token: 1 } });
    expect(refusal(led, { reap: [idOf(2)] })).toBe('reaps the end of the leader');
    expect(applied(led, { reap: [idOf(2)], leader: { kind: 'name', ...lifeOf(1) } })).toMatchObject({ condemned: [], floor: 50 });
    // A later life of it leads.
    expect(applied({ ...led, leader: { ...lifeOf(2, 51), token: 1 } }, { reap: [idOf(2)] })).toMatchObject({ condemned: [], floor: 50 });
  });

  test('and condemning one id at once is refused: it would begin where it had ended', () => {
    expect(refusal(old, { reap: [idOf(2)], condemn: [lifeOf(2, 51)] })).toBe('reaps and condemns one id');
    expect(refusal(old, { reap: [idOf(2)], condemn: [lifeOf(2, 3)] })).toBe('reaps and condemns one id');
  });
});

describe('changing the voters', () => {
  const old = recordOfVoters([1, 2, 3]);

  test('keeps them sorted, so that all write the same', () => {
    const two = recordOfVoters([1, 3]);
    expect(applied(two, { voters: { kind: 'add', voter: voterOf(2) } }).voters).toStrictEqual([1, 2, 3].map(voterOf));
  });

  test.each([
    ['adding one that votes', { kind: 'add', voter: voterOf(2) }],
    ['adding one that votes, on another disk', { kind: 'add', voter: { ...voterOf(2), storeId: 'f'.repeat(32) } }],
    ['removing one that does not vote', { kind: 'remove', id: idOf(9) }],
  ] as const)('by %s is refused', (_what, voters) => {
    expect(refusal(old, { voters })).toBe('does not fit the voters');
  });

  test('adding one more than the record allows is refused, whoever wishes it; taking one out makes room', () => {
    const full = recordOfVoters([1, 2, 3], { maxVoters: 3 });
    expect(refusal(full, { voters: { kind: 'add', voter: voterOf(4) } })).toBe('adds more voters than the record allows');
    const { voters } = applied(full, { voters: { kind: 'remove', id: idOf(3) } });
    expect(applied({ ...full, voters }, { voters: { kind: 'add', voter: voterOf(4) } }).voters).toStrictEqual([1, 2, 4].map(voterOf));
  });

  test('removing the last is refused: nobody could decide anything any more', () => {
    expect(refusal(recordOfVoters([1]), { voters: { kind: 'remove', id: idOf(1) } })).toBe('does not fit the voters');
  });
});

describe('the leader', () => {
  const led = recordOfVoters([1, 2, 3], { version: 9, leader: { ...lifeOf(1, 4), token: 6 } });

  test('bears the version that named it as its token, and keeps it while others things change', () => {
    expect(applied(recordOfVoters([1], { version: 6 }), { leader: { kind: 'name', ...lifeOf(1, 4) } }).leader).toStrictEqual({
      ...lifeOf(1, 4),
      token: 7,
    });
    expect(applied(led, { condemn: [lifeOf(2)] }).leader?.token).toBe(6);
  });

  test('named anew has a higher token, also the same life', () => {
    expect(applied(led, { leader: { kind: 'name', ...lifeOf(1, 4) } }).leader?.token).toBe(10);
    expect(applied(led, { leader: { kind: 'none' } }).leader).toBeNull();
  });

  test.each([
    ['before', { condemned: [lifeOf(2, 5)] }, {}],
    ['in the same change', {}, { condemn: [lifeOf(2, 5)] }],
  ])('is not one that was condemned %s', (_when, before, change) => {
    const old = { ...led, ...before };
    expect(refusal(old, { ...change, leader: { kind: 'name', ...lifeOf(2, 5) } })).toBe('names a leader that is condemned');
    expect(applied(old, { ...change, leader: { kind: 'name', ...lifeOf(2, 6) } }).leader?.id).toBe(idOf(2));
  });

  test('stays named when it is condemned: its successor has to wait for its end (R10)', () => {
    expect(applied(led, { condemn: [lifeOf(1, 4)] }).leader?.id).toBe(idOf(1));
  });
});

test('whatever is decided one after the other, versions step by one, majorities of neighbours meet, and nothing condemned lives again (I3)', () => {
  const someLife = fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 4 })).map(([ordinal, life]) => lifeOf(ordinal, life));
  const someChange: fc.Arbitrary<Change> = fc.record(
    {
      condemn: fc.uniqueArray(someLife, { maxLength: 2, selector: ({ id }) => id }),
      reap: fc.uniqueArray(fc.nat(4).map(idOf), { maxLength: 1 }),
      voters: fc.option(
        fc.oneof(
          fc.nat(4).map((ordinal) => ({ kind: 'add', voter: voterOf(ordinal) }) as const),
          fc.nat(4).map((ordinal) => ({ kind: 'remove', id: idOf(ordinal) }) as const),
        ),
      ),
      leader: fc.option(
        fc.oneof(
          fc.constant({ kind: 'none' } as const),
          someLife.map((life) => ({ kind: 'name', ...life }) as const),
        ),
      ),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(someChange, { maxLength: 30 }), (changes) => {
      let record = recordOfVoters([0, 1, 2]);
      for (const change of changes) {
        const result = applyChange(record, change);
        if (result.kind === 'refused') continue;
        const next = result.record;
        expect(next.version).toBe(record.version + 1);
        expect(next.epoch - record.epoch).toBe(change.voters === null ? 0 : 1);
        expect(quorumsIntersect(idsOf(record), idsOf(next))).toBe(true);
        expect(next.floor).toBeGreaterThanOrEqual(record.floor);
        expect(next.leader?.token ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(record.leader?.token ?? 0);
        for (const { id, incarnation } of record.condemned)
          expect(isCondemned(next, id, incarnation) || next.floor >= incarnation).toBe(true);
        for (const { id } of next.voters) expect(isVoter(next, id)).toBe(true);
        record = next;
      }
    }),
  );
});

function idsOf(record: ClusterRecord): string[] {
  return record.voters.map(({ id }) => id);
}
