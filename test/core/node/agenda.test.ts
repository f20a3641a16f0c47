// What a voter would have the record say next (R9, R10, R11): policy, rule by rule.

import { describe, expect, test } from 'vitest';
import { type Change, type ClusterRecord, type NodeId, PROFILES } from '../../../src/core/index.ts';
import { chooseChange, hasWish, type Situation, voterChange } from '../../../src/core/node/agenda.ts';
import type { Poll } from '../../../src/core/record/index.ts';
import { idOf } from '../../support/members.ts';
import { lifeOf, recordOfVoters, voterOf } from '../../support/records.ts';

const { condemnMs } = PROFILES.lan;
const LEADER = { ...lifeOf(1), token: 1 };

/** Of a quorate voter (ordinal 1) that leads and is content. */
function situationOf(voters: readonly number[], part: Partial<Situation> & { readonly record?: ClusterRecord } = {}): Situation {
  return {
    record: recordOfVoters(voters, { leader: LEADER }),
    self: idOf(1),
    timings: PROFILES.lan,
    condemnAfterMs: PROFILES.lan.condemnMs,
    silent: [],
    isLeaderGone: false,
    mayLead: { incarnation: lifeOf(1).incarnation },
    hasResigned: false,
    candidates: [],
    gone: [],
    wanted: [],
    reapable: [],
    storeIdOf: (id: NodeId) => `store of ${id}`,
    isLive: () => true,
    zoneOf: () => '',
    ...part,
  };
}

function pollOf(part: Partial<Poll> = {}): Poll {
  return { suspects: [], isDwellOver: true, idleMs: [], ...part };
}

function candidates(...about: readonly (readonly [ordinal: number, isStable: boolean])[]): Situation['candidates'] {
  return about.map(([ordinal, isStable]) => ({ voter: voterOf(ordinal), isStable }));
}

function gone(ordinal: number, forMs = 0, isReplaced = false): Situation['gone'][number] {
  return { id: idOf(ordinal), forMs, isReplaced };
}

const adds = (ordinal: number): Change['voters'] => ({ kind: 'add', voter: voterOf(ordinal) });
const removes = (ordinal: number): Change['voters'] => ({ kind: 'remove', id: idOf(ordinal) });

describe('a content voter', () => {
  test('wishes for nothing and, asked, proposes nothing', () => {
    const situation = situationOf([1, 2, 3]);
    expect(hasWish(situation)).toBe(false);
    expect(chooseChange(situation, pollOf())).toBeNull();
  });
});

describe('condemning (R9)', () => {
  const silent = [lifeOf(2), lifeOf(3)];

  test('takes the fresh poll’s word, not this voter’s own', () => {
    const situation = situationOf([1, 2, 3], { silent });
    expect(hasWish(situation)).toBe(true);
    expect(chooseChange(situation, pollOf({ suspects: silent, idleMs: [condemnMs, condemnMs - 1] }))?.condemn).toStrictEqual([lifeOf(2)]);
    expect(chooseChange(situation, pollOf({ suspects: silent, idleMs: [0, 0] }))).toBeNull();
  });

  test('is done to all that are silent in one change', () => {
    expect(chooseChange(situationOf([1, 2, 3], { silent }), pollOf({ suspects: silent, idleMs: [9000, 9000] }))?.condemn).toStrictEqual(
      silent,
    );
  });

  test('is not done twice', () => {
    const record = recordOfVoters([1, 2, 3], { leader: LEADER, condemned: [lifeOf(2)] });
    expect(chooseChange(situationOf([], { record, silent }), pollOf({ suspects: [lifeOf(2)], idleMs: [9000] }))).toBeNull();
  });

  test('never waits for a dwell: new voters do not come in the same change', () => {
    const situation = situationOf([1, 2, 3], { silent, candidates: candidates([4, true]) });
    expect(chooseChange(situation, pollOf({ suspects: [lifeOf(2)], idleMs: [9000] }))).toMatchObject({
      condemn: [lifeOf(2)],
      voters: null,
    });
  });
});

describe('the leader (R10)', () => {
  test('is named by itself, when there is none or the last one’s end may be acted upon', () => {
    const situation = situationOf([1, 2, 3], { isLeaderGone: true });
    expect(hasWish(situation)).toBe(true);
    expect(chooseChange(situation, pollOf())?.leader).toStrictEqual({ kind: 'name', ...lifeOf(1) });
  });

  test('is never named in place of one that may still lead', () => {
    expect(chooseChange(situationOf([1, 2, 3], { isLeaderGone: false }), pollOf())).toBeNull();
  });

  test('is not a witness, nor one that leaves or is not quorate', () => {
    const situation = situationOf([1, 2, 3], { isLeaderGone: true, mayLead: null });
    expect(hasWish(situation)).toBe(false);
    expect(chooseChange(situation, pollOf())).toBeNull();
  });

  test('that has resigned has the record say so itself', () => {
    const situation = situationOf([1, 2, 3], { hasResigned: true, mayLead: null });
    expect(hasWish(situation)).toBe(true);
    expect(chooseChange(situation, pollOf())?.leader).toStrictEqual({ kind: 'none' });
  });
});

describe('growing (R11)', () => {
  test.each([
    ['one stable candidate: two voters are worse than one', [1], candidates([2, true]), null],
    ['one stable and one new', [1], candidates([2, true], [3, false]), null],
    ['two that are stable', [1], candidates([2, true], [3, true]), adds(2)],
  ] as const)('from one voter with %s', (_what, voters, seen, expected) => {
    expect(voterChange(situationOf(voters, { candidates: seen }))).toStrictEqual(expected);
  });

  test('from two goes on to three at once, without a stability of its own, the stable one first', () => {
    expect(voterChange(situationOf([1, 2], { candidates: candidates([3, false]) }))).toStrictEqual(adds(3));
    expect(voterChange(situationOf([1, 2], { candidates: candidates([4, true], [3, false]) }))).toStrictEqual(adds(4));
  });

  test('from three on takes stable ones only', () => {
    expect(voterChange(situationOf([1, 2, 3], { candidates: candidates([4, false]) }))).toBeNull();
    expect(voterChange(situationOf([1, 2, 3], { candidates: candidates([4, true]) }))).toStrictEqual(adds(4));
  });

  test('ends at the record’s number of voters', () => {
    const record = recordOfVoters([1, 2, 3], { maxVoters: 3 });
    expect(voterChange(situationOf([], { record, candidates: candidates([4, true]) }))).toBeNull();
  });

  test('adds nobody while one is gone: a rolling restart must not become a loss of quorum', () => {
    expect(voterChange(situationOf([1, 2, 3], { candidates: candidates([4, true]), gone: [gone(3)] }))).toBeNull();
  });

  test('waits for the dwell of a majority', () => {
    const situation = situationOf([1, 2, 3], { candidates: candidates([4, true]) });
    expect(hasWish(situation)).toBe(true);
    expect(chooseChange(situation, pollOf({ isDwellOver: false }))).toBeNull();
    expect(chooseChange(situation, pollOf({ isDwellOver: true }))?.voters).toStrictEqual(adds(4));
  });
});

describe('replacing (R11)', () => {
  test('removes a voter at once whose name came back under another id, nobody else having to wait', () => {
    expect(voterChange(situationOf([1, 2, 3], { gone: [gone(3, 0, true)] }))).toStrictEqual(removes(3));
  });

  test('removes first: the one that came back is added by a later record', () => {
    const situation = situationOf([1, 2, 3], { gone: [gone(3, 0, true)], candidates: candidates([4, true]) });
    expect(voterChange(situation)).toStrictEqual(removes(3));
    expect(voterChange(situationOf([1, 2], { candidates: candidates([4, true]) }))).toStrictEqual(adds(4));
  });

  test('removes another only after replaceAfter, and only for a stable one that waits', () => {
    const { replaceAfterMs } = recordOfVoters([1]);
    const waiting = candidates([4, true]);
    expect(voterChange(situationOf([1, 2, 3], { gone: [gone(3, replaceAfterMs - 1)], candidates: waiting }))).toBeNull();
    expect(voterChange(situationOf([1, 2, 3], { gone: [gone(3, replaceAfterMs)], candidates: candidates([4, false]) }))).toBeNull();
    expect(voterChange(situationOf([1, 2, 3], { gone: [gone(3, replaceAfterMs)], candidates: waiting }))).toStrictEqual(removes(3));
  });

  test('leaves a set whose rest would have no majority', () => {
    // Of four two are gone: three would remain, of which two live.
    expect(voterChange(situationOf([1, 2, 3, 4], { gone: [gone(3, 0, true), gone(4)] }))).toStrictEqual(removes(3));
    expect(voterChange(situationOf([1, 2, 3, 4, 5], { gone: [gone(3, 0, true), gone(4), gone(5)] }))).toBeNull();
  });
});

describe('zones', () => {
  const inZones = (zones: Readonly<Record<number, string>>): Pick<Situation, 'zoneOf'> => {
    const byId = new Map(Object.entries(zones).map(([ordinal, zone]) => [idOf(Number(ordinal)), zone]));
    return { zoneOf: (id) => byId.get(id) ?? null };
  };

  test('have voters in turn: the next comes from where the fewest are', () => {
    const waiting = candidates([4, true], [5, true], [6, true]);
    const zones = inZones({ 1: 'a', 2: 'a', 3: 'b', 4: 'a', 5: 'b', 6: 'c' });
    expect(voterChange(situationOf([1, 2, 3], { candidates: waiting, ...zones }))).toStrictEqual(adds(6));
    expect(voterChange(situationOf([1, 2, 3, 6], { candidates: waiting.slice(0, 2), ...zones }))).toStrictEqual(adds(5));
  });

  test('are looked at for the second and the third as well, and where a voter was lost', () => {
    const waiting = candidates([4, true], [5, true]);
    const zones = inZones({ 1: 'a', 2: 'b', 4: 'a', 5: 'c' });
    expect(voterChange(situationOf([1], { candidates: waiting, ...zones }))).toStrictEqual(adds(5));
    expect(voterChange(situationOf([1, 2], { candidates: candidates([4, false], [5, false]), ...zones }))).toStrictEqual(adds(5));
  });

  test('never bring in an unstable one before a stable one', () => {
    const zones = inZones({ 1: 'a', 2: 'a', 3: 'a', 4: 'a', 5: 'b' });
    const waiting = candidates([4, true], [5, false]);
    expect(voterChange(situationOf([1, 2], { candidates: waiting, ...zones }))).toStrictEqual(adds(4));
    expect(voterChange(situationOf([1, 2, 3], { candidates: waiting, ...zones }))).toStrictEqual(adds(4));
  });

  test('change nothing where there is one, or several in which equally many vote', () => {
    const waiting = candidates([4, true], [5, true]);
    expect(voterChange(situationOf([1, 2, 3], { candidates: waiting }))).toStrictEqual(adds(4));
    expect(voterChange(situationOf([1, 2, 3], { candidates: waiting, zoneOf: () => null }))).toStrictEqual(adds(4));
    const zones = inZones({ 1: 'c', 2: 'c', 3: 'c', 4: 'b', 5: 'a' });
    expect(voterChange(situationOf([1, 2, 3], { candidates: waiting, ...zones }))).toStrictEqual(adds(4));
  });
});

describe('wishes of operators and leavers (R11)', () => {
  test('come before what this voter would do by itself', () => {
    const situation = situationOf([1, 2, 3], { wanted: [{ kind: 'remove-voter', id: idOf(2) }], candidates: candidates([4, true]) });
    expect(hasWish(situation)).toBe(true);
    expect(voterChange(situation)).toStrictEqual(removes(2));
  });

  test('to add are met with the disk that the member told of, to remove only for one that votes', () => {
    const wanted = (kind: 'add-voter' | 'remove-voter', ordinal: number): Situation['wanted'] => [{ kind, id: idOf(ordinal) }];
    expect(voterChange(situationOf([1], { wanted: wanted('add-voter', 9) }))).toStrictEqual({
      kind: 'add',
      voter: { id: idOf(9), storeId: `store of ${idOf(9)}` },
    });
    expect(voterChange(situationOf([1], { wanted: wanted('add-voter', 9), storeIdOf: () => null }))).toBeNull();
    expect(voterChange(situationOf([1, 2], { wanted: wanted('add-voter', 2) }))).toBeNull();
    expect(voterChange(situationOf([1, 2], { wanted: wanted('remove-voter', 9) }))).toBeNull();
  });

  test('to add are not met beyond the record’s number of voters: the acceptors would refuse it, again and again', () => {
    const record = recordOfVoters([1, 2, 3], { maxVoters: 3, leader: LEADER });
    const situation = situationOf([], { record, wanted: [{ kind: 'add-voter', id: idOf(9) }] });
    expect([voterChange(situation), hasWish(situation)]).toStrictEqual([null, false]);
    // What makes room comes first, whichever was wished for first.
    const both = situationOf([], {
      record,
      wanted: [
        { kind: 'add-voter', id: idOf(9) },
        { kind: 'remove-voter', id: idOf(2) },
      ],
    });
    expect(voterChange(both)).toStrictEqual(removes(2));
  });

  test('never leave a set whose majority is not there, nor none at all', () => {
    const wanted = [{ kind: 'remove-voter', id: idOf(1) } as const];
    expect(voterChange(situationOf([1], { wanted }))).toBeNull();
    expect(voterChange(situationOf([1, 2], { wanted, isLive: (id) => id !== idOf(2) }))).toBeNull();
    expect(voterChange(situationOf([1, 2, 3], { wanted, isLive: (id) => id !== idOf(2) }))).toBeNull();
    expect(voterChange(situationOf([1, 2, 3, 4], { wanted, isLive: (id) => id !== idOf(2) }))).toStrictEqual(removes(1));
  });
});

describe('reaping (R2)', () => {
  test('comes along with anything else, but for an id that is condemned in the same change', () => {
    const record = recordOfVoters([1, 2, 3], { leader: LEADER, condemned: [lifeOf(2), lifeOf(8)] });
    const situation = situationOf([], { record, reapable: [idOf(2), idOf(8)], silent: [lifeOf(2, 5)] });
    const change = chooseChange(situation, pollOf({ suspects: [lifeOf(2, 5)], idleMs: [9000] }));
    expect(change).toMatchObject({ condemn: [lifeOf(2, 5)], reap: [idOf(8)] });
  });
});
