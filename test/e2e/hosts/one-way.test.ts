// Scenes 4 and 5 on real hosts: a node that hears nobody, and one that nobody hears.

import { expect, test } from 'vitest';
import { describeHosts, newHosts } from '../../support/host-tests.ts';
import { watchCutOff } from '../../support/hosts.ts';
import { sharedNowMs } from '../../support/one-clock.ts';

describeHosts('a link that carries one way only', () => {
  test('a deaf node fences and goes on as its next incarnation, which the others believe at once; none announces it failed', async () => {
    const lab = await newHosts(3);
    const deaf = lab.host(3);
    const others = lab.those([1, 2]);
    const run = lab.run(deaf, 'quorate', { isStubborn: true });
    await lab.waitForWorkers([deaf]);
    const before = (await deaf.agent.status()).incarnation;

    await lab.net.deafen(3);
    const deafAtMs = sharedNowMs();
    await lab.told(deaf, deafAtMs, 'fenced', deaf.name);
    expect((await lab.fleet.endOf(run, 'run')).code).toBe(124);
    for (const { agent } of others) {
      await lab.fleet.waitFor('its next incarnation is known', async () => (await agent.member(deaf.name))!.incarnation > before);
    }
    expect(await deaf.agent.get('/v1/quorum')).toMatchObject({ status: 503, quorate: 'false' });
    const life = lab.workers.lives[0]!;
    for (const { events } of others) {
      expect(events.firstAfter(deafAtMs, 'member-failed')).toBeUndefined();
      // A higher incarnation is said to exist only once nothing of the old one runs.
      expect(events.firstAfter(deafAtMs, 'member-updated', deaf.name)!.earliestMs).toBeGreaterThan(life.endedAtMs!);
    }

    await lab.net.heal();
    await lab.waitForQuorate(lab.hosts);
  });

  test('a mute node is fenced and its worker dead before it is announced failed', async () => {
    const lab = await newHosts(3);
    const mute = lab.host(3);
    const others = lab.those([1, 2]);
    lab.run(mute, 'quorate', { isStubborn: true });
    await lab.waitForWorkers([mute]);

    await lab.net.mute(3);
    const { marginMs } = await watchCutOff(lab, sharedNowMs(), mute, others);
    expect(marginMs).toBeGreaterThan(0);
    await lab.waitForQuorate(others);

    await lab.net.heal();
    await lab.waitForQuorate(lab.hosts);
  });
});
