// How the set of voters grows, gives votes back and replaces them (R11), in towns at work; and a cluster founded by all of its first
// at once (R12).

import { describe, expect, test } from 'vitest';
import { PROFILES } from '../../src/core/index.ts';
import { type Resident, SmallTown } from '../support/small-town.ts';
import { leads, quorate, watched } from '../support/watch.ts';

const { dwellMs } = PROFILES.lan;

function votersSeenBy(resident: Resident): string[] {
  return resident.node.record?.voters.map(({ name }) => name) ?? [];
}

/** A founder, and others that joined it. */
function grown(count: number, ms = 60_000): { town: SmallTown; all: Resident[] } {
  const town = watched(new SmallTown());
  const founder = town.settle({ name: 'n1' });
  const all = [founder];
  for (let i = 2; i <= count; i++) all.push(town.settle({ name: `n${i}`, seeds: [founder.address], cluster: null }));
  town.pass(ms);
  return { town, all };
}

function atRest(count: number): { town: SmallTown; all: Resident[]; t0: number } {
  const town = watched(new SmallTown());
  const all = town.settleAll(count);
  town.pass(20_000);
  return { town, all, t0: town.scheduler.nowMs };
}

describe('a cluster of one that others join', () => {
  test('stays one voter while there are two, for two voters are worse than one', () => {
    const { all } = grown(2, 120_000);
    expect(all.map(votersSeenBy)).toStrictEqual([['n1'], ['n1']]);
    expect(all.map(quorate)).toStrictEqual([true, true]);
  });

  test('grows from one to three and on, one voter a dwell, nobody ever losing its lease', () => {
    const { town, all } = grown(5);
    for (const one of all) expect(votersSeenBy(one).length).toBe(5);
    expect(town.chronicle.filter(({ what }) => what.startsWith('fenced'))).toStrictEqual([]);
    const epochs = [2, 3, 4, 5].map(
      (epoch) => town.chronicle.find(({ what }) => what.startsWith('record-changed') && what.endsWith(`of epoch ${epoch}`))!.atMs,
    );
    for (let i = 1; i < epochs.length; i++) expect(epochs[i]! - epochs[i - 1]!).toBeGreaterThanOrEqual(dwellMs);
    // Stable since quorate, for two dwells.
    expect(epochs[0]).toBeGreaterThanOrEqual(2 * dwellMs);
    expect(epochs[1]! - epochs[0]!).toBeLessThan(dwellMs + 1_000);
  });

  test('ends at seven voters; who does not vote is quorate like the others', () => {
    const { all } = grown(9, 90_000);
    for (const one of all) expect(votersSeenBy(one).length).toBe(7);
    expect(all.map(quorate)).toStrictEqual(all.map(() => true));
  });
});

describe('a voter that leaves', () => {
  test('goes only when a majority of those who remain has the record without it (CE-c6)', () => {
    const { town, all, t0 } = atRest(5);
    all[2]!.command({ kind: 'leave' });
    let known = 0;
    for (let i = 0; i < 2_000 && town.told(all[2]!, 'member-left', t0).length === 0; i++) {
      town.pass(5);
      known = all.filter((one) => one !== all[2] && votersSeenBy(one).length === 4).length;
    }
    expect(known).toBeGreaterThanOrEqual(3);
    town.pass(5_000);
    expect(all[2]!.exit?.reason).toBe('left');
    for (const one of all.filter((other) => other !== all[2])) {
      expect([votersSeenBy(one), one.view('n3')?.state]).toStrictEqual([['n1', 'n2', 'n4', 'n5'], 'left']);
    }
  });

  test('waits while those who remain cannot be reached, then goes on', () => {
    const { town, all } = atRest(5);
    // Its packets come through to the others; theirs are lost until it is time.
    town.cut([all[2]!], [all[0]!, all[1]!, all[3]!, all[4]!]);
    const leave = all[2]!.command({ kind: 'leave' });
    town.pass(10_000);
    expect([all[2]!.exit, leave.result]).toStrictEqual([null, null]);
    town.heal();
    town.pass(15_000);
    expect([all[2]!.exit?.reason, leave.result]).toStrictEqual(['left', { kind: 'done' }]);
    expect(votersSeenBy(all[0]!)).toStrictEqual(['n1', 'n2', 'n4', 'n5']);
  });

  test('is refused while the rest would have no majority, and told why', () => {
    const { town, all } = atRest(3);
    all[2]!.driver.halt();
    town.pass(10_000);
    const [one] = all;
    expect(one!.command({ kind: 'leave' }).result).toStrictEqual({
      kind: 'refused',
      code: 'would-lose-quorum',
      message: 'only 1 of the 2 voters that would remain are alive, and 2 are needed',
    });
    expect(quorate(one!)).toBe(true);
  });

  test('is refused as the only one where others are members, and let go where it is alone', () => {
    const { town, all } = grown(2, 10_000);
    expect(all[0]!.command({ kind: 'leave' }).result).toMatchObject({ kind: 'refused', code: 'would-lose-quorum' });
    all[1]!.command({ kind: 'leave' });
    town.pass(5_000);
    all[0]!.command({ kind: 'leave' });
    town.pass(5_000);
    expect(all.map(({ exit }) => exit?.reason)).toStrictEqual(['left', 'left']);
  });

  test('of two at once both go, and the rest keeps its quorum', () => {
    const { town, all } = atRest(5);
    for (const one of all.slice(0, 2)) one.command({ kind: 'leave' });
    town.pass(30_000);
    expect(all.slice(0, 2).map(({ exit }) => exit?.reason)).toStrictEqual(['left', 'left']);
    for (const one of all.slice(2)) expect([quorate(one), votersSeenBy(one)]).toStrictEqual([true, ['n3', 'n4', 'n5']]);
    expect(all.slice(2).filter(leads).length).toBe(1);
  });
});

describe('a leader whose vote was taken', () => {
  test('leads on, and leaves by its own word: it cannot propose its resignation any more (L5, proof seed 3975)', () => {
    const { town, all } = atRest(5);
    const leader = all.find(leads)!;
    const others = all.filter((one) => one !== leader);
    others[0]!.command({ kind: 'voters', remove: leader.node.name });
    town.pass(10_000);
    expect([votersSeenBy(leader).length, leads(leader)]).toStrictEqual([4, true]);
    leader.command({ kind: 'leave' });
    town.pass(5_000);
    expect(leader.exit?.reason).toBe('left');
    expect(others.filter(leads).length).toBe(1);
  });
});

describe('a voter that comes back', () => {
  test('after a crash votes on, in its next life: nobody was removed for having been away', () => {
    const { town, all } = atRest(3);
    all[2]!.driver.halt();
    town.pass(30_000);
    const again = town.restart(all[2]!, { mustStaySilent: true, seeds: [all[0]!.address] });
    town.pass(20_000);
    expect([quorate(again), votersSeenBy(again)]).toStrictEqual([true, ['n1', 'n2', 'n3']]);
    expect(all[0]!.shown()).toBe('n1:alive n2:alive n3:alive');
  });

  test('without its state is another: the old id is removed at once, the new one votes after it', () => {
    const { town, all } = atRest(3);
    const lost = all[2]!;
    lost.driver.halt();
    town.pass(10_000);
    const again = town.settle({ name: 'n3', address: lost.address, seeds: [all[0]!.address], cluster: null });
    town.pass(40_000);
    expect(again.node.id).not.toBe(lost.node.id);
    const ids = all[0]!.node.record?.voters.map(({ id }) => id);
    expect(ids).toContain(again.node.id);
    expect(ids).not.toContain(lost.node.id);
    expect([quorate(again), ids?.length]).toStrictEqual([true, 3]);
  });

  test('rolling restarts of all three, one at a time, keep the others quorate throughout', () => {
    const { town, all, t0 } = atRest(3);
    for (const [i, one] of all.entries()) {
      one.command({ kind: 'stop' });
      town.pass(3_000);
      all[i] = town.restart(one, { seeds: all.filter((other) => other !== one).map(({ address }) => address as string) });
      town.pass(15_000);
      expect(all.map(quorate)).toStrictEqual([true, true, true]);
    }
    expect(town.chronicle.filter(({ atMs, what }) => atMs >= t0 && what.startsWith('fenced'))).toStrictEqual([]);
    expect(votersSeenBy(all[0]!)).toStrictEqual(['n1', 'n2', 'n3']);
  });
});

describe('an operator', () => {
  test('adds a voter where none would be added yet, and takes one out', () => {
    const { town, all } = atRest(3);
    const extra = town.settle({ name: 'n4', seeds: [all[0]!.address], cluster: null });
    town.pass(3_000);
    // Asked of one that does not vote itself.
    expect(extra.command({ kind: 'voters', add: 'n4' }).result).toStrictEqual({ kind: 'done' });
    town.pass(3_000);
    expect(votersSeenBy(all[0]!)).toStrictEqual(['n1', 'n2', 'n3', 'n4']);
    all[1]!.command({ kind: 'voters', remove: 'n3' });
    town.pass(6_000);
    expect(votersSeenBy(all[0]!)).toStrictEqual(['n1', 'n2', 'n4']);
    expect(quorate(all[2]!)).toBe(true);
  });

  test('may change its mind: what was taken out and added again stays', () => {
    const { town, all } = atRest(3);
    all[1]!.command({ kind: 'voters', remove: 'n3' });
    town.pass(6_000);
    expect(votersSeenBy(all[0]!)).toStrictEqual(['n1', 'n2']);
    all[1]!.command({ kind: 'voters', add: 'n3' });
    town.pass(60_000);
    expect(votersSeenBy(all[0]!)).toStrictEqual(['n1', 'n2', 'n3']);
  });

  test.each([
    ['add one that votes', { kind: 'voters', add: 'n2' }, 'invalid'],
    ['remove one that does not', { kind: 'voters', remove: 'n4' }, 'invalid'],
    ['add nobody', { kind: 'voters', add: 'n9' }, 'no-such-member'],
  ] as const)('cannot %s', (_what, command, code) => {
    const { town, all } = atRest(3);
    town.settle({ name: 'n4', seeds: [all[0]!.address], cluster: null });
    town.pass(3_000);
    expect(all[0]!.command(command).result).toMatchObject({ kind: 'refused', code });
  });
});

describe('the record’s number of voters (--max-voters)', () => {
  /** Three of at most three vote, and two more are members. */
  function full(): { town: SmallTown; all: Resident[] } {
    const town = watched(new SmallTown());
    const all = town.settleAll(5, (ordinal) => ({ maxVoters: 3, canVote: ordinal !== 5 }));
    town.pass(20_000);
    return { town, all };
  }

  test('binds the operator too, who is told what to do first; then it is done', () => {
    const { town, all } = full();
    expect(all[3]!.command({ kind: 'voters', add: 'n4' }).result).toStrictEqual({
      kind: 'refused',
      code: 'voters-full',
      message: '3 vote already (n1, n2, n3), as many as the record of this cluster allows (--max-voters, set when it was made)',
    });
    expect(votersSeenBy(all[0]!)).toStrictEqual(['n1', 'n2', 'n3']);
    all[0]!.command({ kind: 'voters', remove: 'n3' });
    town.pass(10_000);
    all[0]!.command({ kind: 'voters', add: 'n4' });
    town.pass(10_000);
    expect(votersSeenBy(all[1]!)).toStrictEqual(['n1', 'n2', 'n4']);
    expect(all.map(quorate)).toStrictEqual(all.map(() => true));
  });

  test('asked for twice at once is held to as well: one comes in, the other’s wish grows old', () => {
    const { town, all } = full();
    all[0]!.command({ kind: 'voters', remove: 'n3' });
    town.pass(3_000);
    all[0]!.command({ kind: 'voters', add: 'n4' });
    all[1]!.command({ kind: 'voters', add: 'n3' });
    town.pass(60_000);
    expect(votersSeenBy(all[0]!).length).toBe(3);
  });

  test('a member that was told never to vote is not added either', () => {
    const { town, all } = full();
    all[0]!.command({ kind: 'voters', remove: 'n3' });
    town.pass(10_000);
    expect(all[0]!.command({ kind: 'voters', add: 'n5' }).result).toStrictEqual({
      kind: 'refused',
      code: 'invalid',
      message: 'n5 does not vote: it was started with --no-vote, or without a state directory of its own',
    });
    town.pass(10_000);
    expect(votersSeenBy(all[0]!)).not.toContain('n5');
  });
});

describe('founding by all of the first at once (--expect)', () => {
  test('makes one cluster of N, all voters, one leader', () => {
    const town = watched(new SmallTown());
    const seeds = ['10.0.0.1:7946'];
    const all = [1, 2, 3].map((i) => town.settle({ name: `n${i}`, seeds, cluster: null, expect: 3 }));
    town.pass(10_000);
    expect(new Set(all.map(({ node }) => node.clusterId)).size).toBe(1);
    for (const one of all) expect([quorate(one), votersSeenBy(one)]).toStrictEqual([true, ['n1', 'n2', 'n3']]);
    expect(all.filter(leads).length).toBe(1);
  });

  test('does nothing while one is missing, and says so', () => {
    const town = watched(new SmallTown());
    const seeds = ['10.0.0.1:7946', '10.0.0.2:7946'];
    const all = [1, 2].map((i) => town.settle({ name: `n${i}`, seeds, cluster: null, expect: 3 }));
    town.pass(60_000);
    for (const one of all) {
      expect([one.node.standing, one.node.clusterId]).toStrictEqual(['joining', null]);
      expect(one.node.problems(one.nowMs())).toMatchObject([
        { code: 'waiting-for-founders', message: '2 of the 3 agents that are expected to found the cluster have been seen' },
      ]);
    }
    town.settle({ name: 'n3', seeds, cluster: null, expect: 3 });
    town.pass(20_000);
    expect(all.map(quorate)).toStrictEqual([true, true]);
  });

  test('joins where a cluster is: no second one is founded beside it', () => {
    const town = watched(new SmallTown());
    const [founder] = town.settleAll(1);
    town.pass(5_000);
    const all = [2, 3].map((i) => town.settle({ name: `n${i}`, seeds: [founder!.address], cluster: null, expect: 2 }));
    town.pass(10_000);
    for (const one of all) expect(one.node.clusterId).toBe(founder!.node.clusterId);
    expect(all.map(quorate)).toStrictEqual([true, true]);
  });
});
