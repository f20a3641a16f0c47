// Agents find each other: real processes, real sockets.

import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { freePort } from '../support/agents.ts';
import { newLab } from '../support/lab.ts';

const alive = (...names: string[]): Record<string, 'alive'> => Object.fromEntries(names.map((name) => [name, 'alive']));

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

describe('joining', () => {
  test('five agents that were given one seed all show all five', async () => {
    const lab = newLab();
    const agents = await lab.cluster(5);
    await lab.waitForView(agents, alive('n1', 'n2', 'n3', 'n4', 'n5'));

    const addresses = await Promise.all(agents.map(async (agent) => (await agent.status()).address));
    for (const agent of agents) {
      const status = await agent.status();
      expect(status.members).toEqual({ alive: 5, suspect: 0, failed: 0, left: 0, stopped: 0 });
      expect(status.clusterId).toBe((await agents[0].status()).clusterId);
      expect((await agent.members()).map(({ address }) => address)).toEqual(addresses);
    }
  });

  test('the first event of an agent is that it joined itself, and everyone alive gets one', async () => {
    const lab = newLab();
    const agents = await lab.cluster(3);
    await lab.waitForView(agents, alive('n1', 'n2', 'n3'));

    for (const agent of agents) {
      const events = await agent.events();
      expect(events[0]).toMatchObject({ type: 'member-joined', member: agent.name });
      const joined = events.filter(({ type }) => type === 'member-joined').map(({ member }) => member);
      expect(joined.sort()).toEqual(['n1', 'n2', 'n3']);
      expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).sort((a, b) => a - b));
    }
  });

  test('a seed that is down when an agent starts is found once it is up', async () => {
    const lab = newLab();
    const seedHost = lab.address();
    const port = await freePort(seedHost);
    const early = await lab.start({ name: 'early', flags: ['--join', `${seedHost}:${port}`] });
    expect((await early.status()).standing).toBe('joining');
    expect((await early.status()).clusterId).toBeNull();

    const seed = await lab.start({ name: 'seed', flags: ['--init'], bind: `${seedHost}:${port}` });
    await lab.waitForView([early, seed], alive('early', 'seed'));
    expect((await early.status()).clusterId).toBe((await seed.status()).clusterId);
  });

  test.skipIf(!hasIpv6)(`agents meet over IPv6${hasIpv6 ? '' : ' (skipped: this machine has no ::1)'}`, async () => {
    const lab = newLab();
    const first = await lab.start({ name: 'a', flags: ['--init'], bind: '[::1]:0' });
    const seed = (await first.status()).address;
    expect(seed).toMatch(/^\[::1\]:\d+$/);
    const second = await lab.start({ name: 'b', flags: ['--join', seed], bind: '[::1]:0' });
    await lab.waitForView([first, second], alive('a', 'b'));
  });
});
