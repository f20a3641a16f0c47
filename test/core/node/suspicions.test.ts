// Who suspects whom in a town of real drivers: a crash is suspected by all within a few beats, and nobody else ever is.

import { describe, expect, test } from 'vitest';
import { type CommandResult, type MemberView, PROFILES, type RunNonce, type Tag, tagOf } from '../../../src/core/index.ts';
import { hexOf } from '../../support/resident.ts';
import { CLUSTER, type Resident, SmallTown } from '../../support/small-town.ts';

const { heartbeatMs } = PROFILES.lan;
/** Until the voters are at ease. */
const CALM_MS = 40_000;

function suspected(town: SmallTown, sinceMs: number): string[] {
  return town.transcript(sinceMs, (what) => what.startsWith('member-suspect'));
}

function calmTown(count: number): { readonly town: SmallTown; readonly all: Resident[] } {
  const town = new SmallTown();
  const all = town.settleAll(count);
  town.pass(CALM_MS);
  return { town, all };
}

function tagOfThe(ordinal: number, { node }: Resident): Tag {
  return tagOf(CLUSTER, node.id, node.incarnation, hexOf(ordinal) as RunNonce);
}

function shown(observer: Resident, subject: Resident): MemberView {
  return observer.members().find(({ id }) => id === subject.node.id)!;
}

function shows(observer: Resident, subject: Resident): string | undefined {
  return observer.members().find(({ id }) => id === subject.node.id)?.state;
}

describe('a crash', () => {
  test.each([3, 10, 30, 100])('in a town of %i is suspected by everyone within two seconds and a half, and by phi', (count) => {
    const { town, all } = calmTown(count);
    const dead = all.at(-1)!;
    const crashedMs = town.scheduler.nowMs;
    dead.driver.halt();
    town.pass(2500);
    const observers = all.slice(0, -1);
    expect(observers.filter((one) => shows(one, dead) !== 'suspect').map(({ node }) => node.name)).toStrictEqual([]);
    for (const line of suspected(town, crashedMs)) expect(line).toContain(`member-suspect ${dead.node.name}`);
    // Once each, and not taken back: what was true before the silence contradicts nobody.
    expect(suspected(town, crashedMs)).toHaveLength(observers.length);
    const voter = observers[0]!.members().find(({ id }) => id === dead.node.id)!;
    expect(voter.phi).toBeGreaterThan(3);
  });

  test('leaves a member that cannot be forgotten yet, and the refusal names the state that is shown', () => {
    const { town, all } = calmTown(3);
    const [voter, living, dead] = [all[0]!, all[1]!, all[2]!];
    dead.driver.halt();
    town.pass(2500);
    const results: CommandResult[] = [];
    for (const { node } of [dead, living]) voter.driver.command({ kind: 'forget', name: node.name }, (result) => results.push(result));
    const sentence = 'only a member that failed, left or stopped can be forgotten';
    expect(results).toStrictEqual([
      { kind: 'refused', code: 'member-alive', message: `${dead.node.name} is suspect: ${sentence}` },
      { kind: 'refused', code: 'member-alive', message: `${living.node.name} is alive: ${sentence}` },
    ]);
  });

  test('of more than half is taken for a fault of one’s own, while the lease lasts', () => {
    const { town, all } = calmTown(5);
    const crashedMs = town.scheduler.nowMs;
    for (const dead of all.slice(2)) dead.driver.halt();
    town.pass(2000);
    expect(suspected(town, crashedMs)).toStrictEqual([]);
    expect(all[0]!.node.problems(all[0]!.nowMs()).map(({ code }) => code)).toContain('hears-few');
    // Fenced, they show what they see; it is nobody's but their own.
    town.pass(8000);
    expect(all[0]!.members().map(({ state }) => state)).toStrictEqual(['alive', 'alive', 'suspect', 'suspect', 'suspect']);
  });
});

describe('a member that lives', () => {
  test('whose datagrams to one voter are lost is found through others, and is not suspected', () => {
    const { town, all } = calmTown(5);
    const [voter, other] = [all[0]!, all[4]!];
    const sinceMs = town.scheduler.nowMs;
    town.cut([voter], [other]);
    town.pass(30_000);
    expect(suspected(town, sinceMs)).toStrictEqual([]);
    expect(shows(voter, other)).toBe('alive');
  });

  test('and is called suspect by a mistake answers for itself: everybody takes it back at once', () => {
    const { town, all } = calmTown(20);
    const [mistaken, victim] = [11, 16] as const;
    const others = all.filter((_, i) => i !== victim - 1);
    const ageOfVictim = (one: Resident): number => shown(one, all[victim - 1]!).ageMs;
    // The list has told nothing of it to most for a while.
    const passUntilOld = (): void => {
      while (others.slice(7).filter((one) => ageOfVictim(one) > 2000).length < 8) town.pass(100);
    };
    passUntilOld();
    const sinceMs = town.scheduler.nowMs;
    // Of a while ago, as if told by a voter that has gone deaf; the voters know better.
    const newest = (ordinal: number): number => Math.max(...others.map((one) => shown(one, all[ordinal - 1]!).counter));
    const suspicion = { tag: tagOfThe(victim, all[victim - 1]!), counter: newest(victim) - 150 };
    const { stranger } = town.stranger();
    const tell = (): void => {
      for (const { address } of others.slice(7)) {
        const own = newest(mistaken) + 1;
        stranger.say(address, tagOfThe(mistaken, all[mistaken - 1]!), own, { kind: 'doubts', suspected: [suspicion], heard: [] });
      }
    };
    tell();
    town.pass(3000);
    const about = (): string[] => suspected(town, sinceMs).filter((line) => line.endsWith(all[victim - 1]!.node.name));
    const told = about();
    expect(told.length).toBeGreaterThan(5);
    expect(others.filter((one) => shows(one, all[victim - 1]!) !== 'alive').map(({ node }) => node.name)).toStrictEqual([]);
    // Not in waves: who took it back does not believe it again, nor when it is told late, and all that is known is old.
    town.pass(10_000);
    passUntilOld();
    tell();
    town.pass(10_000);
    expect(about()).toStrictEqual(told);
  });

  test.each([20, 50])(
    'is not suspected by those who have just lost their lease, though slow rounds had told them little of it: %i',
    (count) => {
      const { town, all } = calmTown(count);
      const crashedMs = town.scheduler.nowMs;
      const [dead, living] = [all.slice(0, 5), all.slice(5)];
      for (const one of dead) one.driver.halt();
      town.pass(12_000);
      expect(town.transcript(crashedMs, (what) => what.startsWith('fenced'))).toHaveLength(living.length);
      const names = new Set(dead.map(({ node }) => node.name));
      expect(suspected(town, crashedMs).filter((line) => !names.has(line.split(' ').at(-1)!))).toStrictEqual([]);
      for (const one of living) for (const other of dead) expect(shows(one, other)).toBe('suspect');
    },
  );
});

describe('a node that stood still', () => {
  test('for three seconds suspects nobody when it wakes', () => {
    const { town, all } = calmTown(10);
    const sleeper = all[3]!;
    const sinceMs = town.scheduler.nowMs;
    sleeper.pause();
    town.pass(3000);
    sleeper.resume();
    town.pass(8000);
    const own = town.told(sleeper, 'member-suspect', sinceMs);
    expect(own).toStrictEqual([]);
    expect(town.transcript(sinceMs, (what) => what.startsWith('member-failed'))).toStrictEqual([]);
  });
});

test('every voter measures the way to the others: a time-out is not a heartbeat', () => {
  const { all } = calmTown(5);
  const known = all[0]!.members().filter(({ isSelf, rttMs }) => !isSelf && rttMs !== null);
  expect(known.length).toBeGreaterThan(0);
  for (const { rttMs } of known) expect(rttMs).toBeLessThan(heartbeatMs / 10);
});
