// Scenes 1 and 2 on real hosts: a split with a majority, and one without.

import { expect, test } from 'vitest';
import { describeHosts, newHosts } from '../../support/host-tests.ts';
import { watchCutOff } from '../../support/hosts.ts';
import { sharedNowMs } from '../../support/one-clock.ts';
import { overlapMs } from '../../support/worker-watch.ts';

describeHosts('five voters, split 3|2', () => {
  test('the two are fenced and their workers dead before any of the three announces them failed; healed, all are quorate without a restart', async () => {
    const lab = await newHosts(5);
    const [minority, majority] = [lab.those([1, 2]), lab.those([3, 4, 5])];
    // What heeds TERM dies early; what does not must be dead in time all the same.
    const runs = minority.map((host, i) => lab.run(host, 'quorate', { isStubborn: i === 0 }));
    await lab.waitForWorkers(minority);
    const before = await Promise.all(minority.map(async ({ agent }) => (await agent.status()).incarnation));

    await lab.net.split([1, 2], [3, 4, 5]);
    const cutAtMs = sharedNowMs();
    const cutOffs = await Promise.all(minority.map((host) => watchCutOff(lab, cutAtMs, host, majority)));
    for (const { marginMs } of cutOffs) expect(marginMs).toBeGreaterThan(0);
    for (const run of runs) expect((await lab.fleet.endOf(run, 'run')).code).toBe(124);
    for (const { agent } of minority) {
      expect(await agent.get('/v1/quorum')).toMatchObject({ status: 503, quorate: 'false' });
      // A minority has an opinion, not a verdict.
      expect((await agent.members()).map(({ state }) => state)).not.toContain('failed');
    }

    await lab.net.heal();
    await lab.waitForQuorate(lab.hosts);
    await lab.fleet.waitForView(
      lab.hosts.map(({ agent }) => agent),
      { n1: 'alive', n2: 'alive', n3: 'alive', n4: 'alive', n5: 'alive' },
    );
    for (const [i, { agent }] of minority.entries()) expect((await agent.status()).incarnation).toBeGreaterThan(before[i]!);
    expect(lab.hosts.map(({ agent }) => agent.hasEnded)).toEqual([false, false, false, false, false]);
  });

  test('a leader that is cut off is followed by another, and never do two of their workers run at once', async () => {
    const lab = await newHosts(5);
    const leader = await lab.waitForLeader(lab.hosts);
    const majority = lab.hosts.filter((host) => host !== leader);
    for (const host of lab.hosts) lab.run(host, 'leader', { isStubborn: true });
    await lab.waitForWorkers([leader]);

    await lab.net.split(
      [leader.number],
      majority.map(({ number }) => number),
    );
    const cutAtMs = sharedNowMs();
    const { marginMs } = await watchCutOff(lab, cutAtMs, leader, majority);
    expect(marginMs).toBeGreaterThan(0);
    const next = await lab.waitForLeader(majority, leader);
    await lab.waitForWorkers([next]);
    const [old, young] = [leader, next].map(({ name }) => lab.workers.lives.filter((life) => life.name === name));
    expect(Number(young![0]!.token)).toBeGreaterThan(Number(old![0]!.token));

    await lab.net.heal();
    await lab.waitForQuorate(lab.hosts);
    expect(overlapMs(lab.workers.lives, sharedNowMs())).toBe(0);
    expect(await lab.waitForLeader(lab.hosts)).toBe(next);
  });
});

describeHosts('four voters, split 2|2', () => {
  test('both halves fence, nobody is announced failed, and it heals by itself', async () => {
    const lab = await newHosts(4);
    await lab.net.split([1, 2], [3, 4]);
    const cutAtMs = sharedNowMs();
    for (const host of lab.hosts) await lab.told(host, cutAtMs, 'fenced', host.name);
    const { failMs } = (await lab.host(1).agent.status()).lease!;
    // Long enough for a wrong verdict to be reached and announced.
    await lab.fleet.waitFor('three times T_fail have passed', () => sharedNowMs() > cutAtMs + 3 * failMs);
    for (const { agent } of lab.hosts) expect((await agent.get('/v1/quorum')).status).toBe(503);

    await lab.net.heal();
    await lab.waitForQuorate(lab.hosts);
    for (const { events } of lab.hosts) expect(events.firstAfter(cutAtMs, 'member-failed')).toBeUndefined();
  });
});
