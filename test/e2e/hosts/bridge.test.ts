// A bridge of real hosts: nodes that cannot talk to each other, but to a common third.

import { expect, test } from 'vitest';
import { describeHosts, newHosts } from '../../support/host-tests.ts';
import type { Host, Hosts } from '../../support/hosts.ts';
import { sharedNowMs } from '../../support/one-clock.ts';

/** Ten times T_fail of the local profile: what flaps has flapped by then. */
const HELD_MS = 11_000;

/** Holds the cut that stands since `sinceMs` and expects that nobody noticed anything. */
async function expectCalm(lab: Hosts, sinceMs: number, leader: Host): Promise<void> {
  await lab.fleet.waitFor('it was held', () => sharedNowMs() > sinceMs + HELD_MS);
  for (const { name, agent, events } of lab.hosts) {
    expect((await agent.status()).leader?.name).toBe(leader.name);
    const types = ['fenced', 'leader-changed', 'member-failed', 'record-changed'] as const;
    const noticed = types.filter((type) => events.firstAfter(sinceMs, type) !== undefined);
    expect({ name, noticed, status: (await agent.get('/v1/quorum')).status }).toEqual({ name, noticed: [], status: 200 });
  }
}

describeHosts('a bridge', () => {
  test('of three where two cannot talk: the leader stays, all stay quorate, nothing flaps', async () => {
    const lab = await newHosts(3);
    const leader = await lab.waitForLeader(lab.hosts);
    const [, far] = lab.hosts.filter((host) => host !== leader);
    await lab.net.split([leader.number], [far!.number]);
    await expectCalm(lab, sharedNowMs(), leader);
  });

  test('of five in a chain, each reaching only its neighbours: relays keep all quorate under the same leader', async () => {
    const lab = await newHosts(5);
    const leader = await lab.waitForLeader(lab.hosts);
    for (const near of [1, 2, 3]) {
      const far = [1, 2, 3, 4, 5].filter((number) => number > near + 1);
      await lab.net.split([near], far);
    }
    await expectCalm(lab, sharedNowMs(), leader);
  });
});
