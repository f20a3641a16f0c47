// One acceptor: what it promises, accepts, and refuses (R3, R4). That all of them together are safe is paxos.test.ts's.

import { describe, expect, test } from 'vitest';
import { Acceptor, type Change } from '../../../src/core/record/index.ts';
import { idOf } from '../../support/members.ts';
import { ballotOf, changeOf, lifeOf, recordOfVoters, voterOf } from '../../support/records.ts';

const record = recordOfVoters([1, 2, 3], { version: 4 });
const change = changeOf({ condemn: [lifeOf(3, 9)] });
const other = changeOf({ condemn: [lifeOf(2, 9)] });

/** Of version 5. */
function fresh(): Acceptor {
  return new Acceptor({ version: 5, promised: null, accepted: null });
}

function accept(acceptor: Acceptor, round: number, wanted: Change, mayChangeVoters = true): string {
  const verdict = acceptor.accept(record, 5, ballotOf(round), wanted, mayChangeVoters);
  return verdict.kind === 'ignored' ? verdict.reason : verdict.kind;
}

describe('a promise', () => {
  test('is given to a higher ballot, and to the same once more', () => {
    const acceptor = fresh();
    for (const round of [1, 1, 3]) expect(acceptor.prepare(5, ballotOf(round))).toStrictEqual({ kind: 'promise', accepted: null });
  });

  test('binds: a lower ballot is told which one has it', () => {
    const acceptor = fresh();
    acceptor.prepare(5, ballotOf(3));
    expect(acceptor.prepare(5, ballotOf(2))).toStrictEqual({ kind: 'nack', promised: ballotOf(3) });
    expect(acceptor.accept(record, 5, ballotOf(2), change, true)).toStrictEqual({ kind: 'nack', promised: ballotOf(3) });
    expect(acceptor.state.accepted).toBeNull();
  });

  test('tells what was accepted before, with its ballot', () => {
    const acceptor = fresh();
    accept(acceptor, 2, change);
    expect(acceptor.prepare(5, ballotOf(7))).toStrictEqual({ kind: 'promise', accepted: { ballot: ballotOf(2), change } });
  });

  test.each([3, 4, 6])('is not given for version %i when the next one is 5', (version) => {
    const acceptor = fresh();
    expect(acceptor.prepare(version, ballotOf(1)).kind).toBe('ignored');
    expect(acceptor.accept(record, version, ballotOf(1), change, true).kind).toBe('ignored');
    expect(acceptor.state).toStrictEqual({ version: 5, promised: null, accepted: null });
  });
});

describe('accepting', () => {
  test('promises the ballot too, whether or not it was prepared here', () => {
    const acceptor = fresh();
    expect(accept(acceptor, 4, change)).toBe('accepted');
    expect(acceptor.state).toStrictEqual({ version: 5, promised: ballotOf(4), accepted: { ballot: ballotOf(4), change } });
  });

  test('the same again says so again; a higher ballot replaces it', () => {
    const acceptor = fresh();
    expect([accept(acceptor, 4, change), accept(acceptor, 4, change), accept(acceptor, 5, other)]).toStrictEqual(
      Array.from({ length: 3 }, () => 'accepted'),
    );
    expect(acceptor.state.accepted).toStrictEqual({ ballot: ballotOf(5), change: other });
  });

  test('new voters waits for the dwell; a condemnation does not', () => {
    const acceptor = fresh();
    expect(accept(acceptor, 1, changeOf({ voters: { kind: 'add', voter: voterOf(4) } }), false)).toBe('dwell');
    expect(acceptor.state.accepted).toBeNull();
    expect(accept(acceptor, 1, change, false)).toBe('accepted');
  });

  test('a reaping is not refused for its time: once accepted anywhere it owns the version, and would block every condemnation', () => {
    const condemning = { ...record, condemned: [lifeOf(3, 9)] };
    const reaping = changeOf({ reap: [idOf(3)] });
    // One voter has counted and accepts; the others have started a moment ago, and are offered the same again.
    const [counted, restarted] = [fresh(), fresh()];
    expect(counted.accept(condemning, 5, ballotOf(1), reaping, true).kind).toBe('accepted');
    expect(restarted.prepare(5, ballotOf(2))).toMatchObject({ kind: 'promise', accepted: null });
    expect(counted.prepare(5, ballotOf(2))).toMatchObject({ kind: 'promise', accepted: { change: reaping } });
    expect(restarted.accept(condemning, 5, ballotOf(2), reaping, false).kind).toBe('accepted');
  });

  test('a reaping of what its own record does not condemn is refused: whoever agrees has known the entry', () => {
    expect(accept(fresh(), 1, changeOf({ reap: [idOf(3)] }))).toBe('reaps one that is not condemned');
  });

  test('what the record’s rules refuse is not done: it would own the version and could never be carried out', () => {
    const acceptor = fresh();
    expect(accept(acceptor, 1, changeOf({ voters: { kind: 'remove', id: idOf(9) } }))).toBe('does not fit the voters');
    expect(acceptor.state).toStrictEqual({ version: 5, promised: null, accepted: null });
  });

  test('on top of another record than its own is not done', () => {
    expect(fresh().accept({ ...record, version: 5 }, 5, ballotOf(1), change, true).kind).toBe('ignored');
  });
});

describe('the end of a life', () => {
  test('counts from the moment it is accepted, chosen or not: that life is acked no more (CE-b5)', () => {
    const acceptor = fresh();
    expect(acceptor.hasAcceptedEndOf(idOf(3), 9)).toBe(false);
    accept(acceptor, 1, change);
    expect([8, 9, 10].map((life) => acceptor.hasAcceptedEndOf(idOf(3), life))).toStrictEqual([true, true, false]);
    expect(acceptor.hasAcceptedEndOf(idOf(2), 9)).toBe(false);
  });
});

describe('a version that was decided', () => {
  test('is forgotten when its record is adopted, and no sooner', () => {
    const acceptor = fresh();
    accept(acceptor, 1, change);
    acceptor.advance(4);
    expect(acceptor.state.accepted).not.toBeNull();
    acceptor.advance(5);
    expect(acceptor.state).toStrictEqual({ version: 6, promised: null, accepted: null });
  });

  test('is jumped over when a much later record is adopted', () => {
    const acceptor = fresh();
    acceptor.prepare(5, ballotOf(1));
    acceptor.advance(40);
    expect(acceptor.state).toStrictEqual({ version: 41, promised: null, accepted: null });
  });
});
