// Scenes 7 and 8 on real hosts: an agent that is stopped and goes on, and one that is killed.

import { expect, test } from 'vitest';
import { describeHosts, newHosts } from '../../support/host-tests.ts';
import { sharedNowMs } from '../../support/one-clock.ts';
import { overlapMs } from '../../support/worker-watch.ts';

describeHosts('an agent under a signal', () => {
  test('stopped with a full socket buffer: its worker ends before it is announced failed, and its first answer afterwards is not quorate', async () => {
    const lab = await newHosts(3);
    const stopped = lab.host(3);
    const others = lab.those([1, 2]);
    lab.run(stopped, 'quorate', { isStubborn: true });
    await lab.waitForWorkers([stopped]);

    process.kill(stopped.agent.pid, 'SIGSTOP');
    const stoppedAtMs = sharedNowMs();
    await lab.fillBuffer(stopped, lab.host(1));
    const announced = await Promise.all(others.map((host) => lab.told(host, stoppedAtMs, 'member-failed', stopped.name)));
    const life = lab.workers.lives[0]!;
    for (const { earliestMs } of announced) expect(earliestMs).toBeGreaterThan(life.endedAtMs!);

    // The question waits in the socket before the agent can run again.
    const answer = stopped.agent.get('/v1/quorum');
    process.kill(stopped.agent.pid, 'SIGCONT');
    expect(await answer).toMatchObject({ status: 503, quorate: 'false' });
    await lab.waitForQuorate(lab.hosts);
    expect(stopped.events.firstAfter(stoppedAtMs, 'fenced', stopped.name)).toBeDefined();
  });

  test('killed: its worker ends by itself before another leads; restarted, it is silent first, then its next incarnation, and not leader', async () => {
    const lab = await newHosts(3);
    const killed = await lab.waitForLeader(lab.hosts);
    const others = lab.hosts.filter((host) => host !== killed);
    for (const host of lab.hosts) lab.run(host, 'leader', { isStubborn: true });
    await lab.waitForWorkers([killed]);
    const before = (await killed.agent.status()).incarnation;

    await killed.agent.kill();
    await lab.startAgain(killed);
    expect((await killed.agent.status()).problems.map(({ code }) => code)).toContain('waiting-for-orphans');
    const next = await lab.waitForLeader(others, killed);
    await lab.waitForWorkers([next]);
    await lab.waitForQuorate(lab.hosts);
    expect((await killed.agent.status()).incarnation).toBeGreaterThan(before);
    expect(await lab.waitForLeader(lab.hosts, killed)).toBe(next);
    expect(overlapMs(lab.workers.lives, sharedNowMs())).toBe(0);
    expect(lab.workers.lives[0]!.endedAtMs).not.toBeNull();
  });
});
