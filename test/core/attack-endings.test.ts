// Ends that meet: a stop, a leave, a rival, a lost name or a broken disk while children of a fenced life still die. The process ends
// once, with the reason that came out, and never before what it ran is dead.

import { describe, expect, test } from 'vitest';
import { address, PROFILES } from '../../src/core/index.ts';
import { BORN, type Resident, SmallTown } from '../support/small-town.ts';
import { leads, quorate, watched } from '../support/watch.ts';

const { failMs, fenceMs, lagMs, stopMs } = PROFILES.lan;
/** What is stopped takes nearly as long as it may. */
const DYING_MS = stopMs - 100;

interface Fencing {
  readonly town: SmallTown;
  readonly one: Resident;
  readonly others: readonly Resident[];
  readonly fencedAtMs: number;
}

/** Cut off from all others until its lease has lapsed; its children are dying. Four vote, the fifth never does. */
function fencing(ordinal: number, prepare: (one: Resident) => void = () => {}): Fencing {
  const town = watched(new SmallTown());
  const all = town.settleAll(5, (at) => ({ canVote: at !== 5, maxVoters: 4 }));
  town.pass(20_000);
  const one = all[ordinal - 1]!;
  const others = all.filter((other) => other !== one);
  one.stopsInMs = DYING_MS;
  prepare(one);
  town.cut([one], others);
  for (let i = 0; i < fenceMs + lagMs && one.stops.length === 0; i++) town.pass(1);
  expect([one.node.standing, one.stops.length]).toStrictEqual(['fenced', 1]);
  return { town, one, others, fencedAtMs: town.scheduler.nowMs };
}

/** It ended once, so, and not before its children. */
function ended({ town, one, fencedAtMs }: Fencing, reason: string): void {
  const ends = town.told(one, 'exits:', fencedAtMs);
  expect([ends.length, one.exit?.reason]).toStrictEqual([1, reason]);
  expect(ends[0]! - fencedAtMs).toBeGreaterThanOrEqual(DYING_MS - 2);
  expect(one.events.filter(({ type }) => type === 'fenced').length).toBe(1);
}

describe.each([
  ['a voter', 2],
  ['a member that does not vote', 5],
] as const)('while the children of %s are dying in a fence', (_who, ordinal) => {
  test('a stop ends it cleanly once they are dead, and it comes back in a later life', () => {
    const scene = fencing(ordinal);
    const stop = scene.one.command({ kind: 'stop' });
    scene.town.pass(10_000);
    ended(scene, 'stopped');
    expect([stop.result, scene.one.saved.at(-1)?.isClean]).toStrictEqual([{ kind: 'done' }, true]);
    const lived = scene.one.node.incarnation;
    scene.town.heal();
    const again = scene.town.restart(scene.one, { seeds: [scene.others[0]!.address as string] });
    scene.town.pass(20_000);
    expect([again.node.incarnation > lived, quorate(again)]).toStrictEqual([true, true]);
  });

  test('a stop waits for one that does not die in time', () => {
    const scene = fencing(ordinal, (one) => {
      one.stopsInMs = 5 * stopMs;
    });
    scene.town.pass(2 * stopMs);
    expect(scene.one.node.standing).toBe('fence-failed');
    scene.one.command({ kind: 'stop' });
    scene.town.pass(2 * stopMs);
    expect(scene.one.exit).toBeNull();
    scene.town.pass(10_000);
    ended(scene, 'stopped');
  });

  test('a disk that breaks ends it only when they are dead, and its fence is told all the same', () => {
    const scene = fencing(ordinal, (one) => {
      one.diskProblem = 'ENOSPC';
    });
    scene.town.pass(10_000);
    ended(scene, 'storage');
    expect(scene.one.saved.at(-1)?.isClean).toBe(false);
  });

  test('a lost name ends it when they are dead', () => {
    const scene = fencing(ordinal);
    scene.town.settle({ name: scene.one.node.name, seeds: [scene.one.address as string], incarnation: BORN - 5 });
    scene.town.pass(10_000);
    ended(scene, 'name-clash');
  });
});

describe('a leave in a fence', () => {
  test('of a voter is refused: no majority can take its vote back now', () => {
    const { one } = fencing(2);
    expect(one.command({ kind: 'leave' }).result).toMatchObject({ kind: 'refused', code: 'not-quorate' });
  });

  test('of a member that does not vote is done once its children are dead', () => {
    const scene = fencing(5);
    const leave = scene.one.command({ kind: 'leave' });
    scene.town.pass(12 * failMs);
    ended(scene, 'left');
    expect([leave.result, scene.one.saved.at(-1)?.isClean]).toStrictEqual([{ kind: 'done' }, true]);
  });
});

describe('a copy of its state directory that starts', () => {
  /** At rest, three voters; one of them departs, slowly, and its copy starts elsewhere meanwhile. */
  function departing(kind: 'leave' | 'stop'): {
    town: SmallTown;
    one: Resident;
    copy: Resident;
    all: Resident[];
    isAnswered: () => boolean;
  } {
    const town = new SmallTown();
    const all = town.settleAll(4);
    town.pass(20_000);
    const one = all.find(leads)!;
    one.stopsInMs = DYING_MS;
    const asked = one.command({ kind });
    town.pass(100);
    const others = all.filter((other) => other !== one);
    const copy = town.restart(one, { address: address('10.0.0.77:7946'), seeds: others.map((other) => other.address as string) });
    return { town, one, copy, all: others, isAnswered: () => asked.result !== null };
  }

  test.each(['leave', 'stop'] as const)('during a %s does not keep it from ending, once, when its children are dead', (kind) => {
    const { town, one, copy, all, isAnswered } = departing(kind);
    town.pass(DYING_MS - 200);
    expect(one.exit).toBeNull();
    town.pass(60_000);
    // The copy bears the same name.
    expect([one, copy].filter(({ exit }) => exit !== null).length).toBe(town.told(one, 'exits:').length);
    expect(one.exit).not.toBeNull();
    expect(isAnswered()).toBe(true);
    expect(all.map(quorate)).toStrictEqual([true, true, true]);
    // Of the copy too at most the word that it ends: whoever leads is one.
    expect(town.residents.filter(({ exit }) => exit === null).filter(leads).length).toBe(1);
  });
});

test('a fence that lapses into a departure under way ends it once: the lease is lost while the record is still asked for', () => {
  const town = watched(new SmallTown());
  const all = town.settleAll(5);
  town.pass(20_000);
  const one = all[2]!;
  const others = all.filter((other) => other !== one);
  one.command({ kind: 'leave' });
  town.cut([one], others);
  town.pass(60_000);
  expect([town.told(one, 'exits:').length, one.exit?.reason]).toStrictEqual([1, 'left']);
});
