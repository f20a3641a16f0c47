// Members go, in the ways they can, and come back: what the others show, told apart.

import { createSocket } from 'node:dgram';
import { describe, expect, test } from 'vitest';
import { newLab } from '../support/lab.ts';

describe('a member that is gone', () => {
  test('killed, it is failed at all others; restarted on a new port with its state, it is alive again as a later incarnation', async () => {
    const lab = newLab();
    const [n1, n2, n3] = await lab.cluster(3);
    await lab.waitForView([n1, n2!, n3!], { n1: 'alive', n2: 'alive', n3: 'alive' });
    const before = (await n1.member('n3'))!;

    await n3!.kill();
    await lab.waitForView([n1, n2!], { n1: 'alive', n2: 'alive', n3: 'failed' });

    // Holding its old port open makes sure that it comes back on another one.
    const [host, port] = before.address.split(':');
    const holder = createSocket('udp4');
    await new Promise<void>((resolve) => {
      holder.bind(Number(port), host, resolve);
    });
    const seed = (await n1.status()).address;
    const again = await lab.start({ name: 'n3', flags: ['--join', seed], bind: n3!.bind, stateDir: n3!.stateDir });
    holder.close();

    await lab.waitForView([n1, n2!, again], { n1: 'alive', n2: 'alive', n3: 'alive' });
    for (const agent of [n1, n2!]) {
      const after = (await agent.member('n3'))!;
      expect(after.id).toBe(before.id);
      expect(after.incarnation).toBeGreaterThan(before.incarnation);
      expect(after.address).toBe((await again.status()).address);
      expect(after.address).not.toBe(before.address);
    }
  });

  test('one that left is shown as left, and its process ends with 0', async () => {
    const lab = newLab();
    const [n1, n2, n3] = await lab.cluster(3);
    await lab.waitForView([n1, n2!, n3!], { n1: 'alive', n2: 'alive', n3: 'alive' });

    const verb = await lab.run(['leave', '--socket', n3!.socketPath]);
    expect(verb.code).toBe(0);
    expect((await lab.endOf(n3!, 'the one that left')).code).toBe(0);
    await lab.waitForView([n1, n2!], { n1: 'alive', n2: 'alive', n3: 'left' });
    expect((await n1.events()).filter(({ member }) => member === 'n3').map(({ type }) => type)).toEqual(['member-joined', 'member-left']);
  });

  test('one that left comes back with its state as a later incarnation', async () => {
    const lab = newLab();
    const [n1, n2] = await lab.cluster(2);
    await lab.waitForView([n1, n2!], { n1: 'alive', n2: 'alive' });
    const before = (await n1.member('n2'))!;
    await n2!.post('/v1/leave');
    await lab.endOf(n2!, 'the one that left');
    await lab.waitForView([n1], { n1: 'alive', n2: 'left' });

    const seed = (await n1.status()).address;
    const again = await lab.start({ name: 'n2', flags: ['--join', seed], stateDir: n2!.stateDir });
    await lab.waitForView([n1, again], { n1: 'alive', n2: 'alive' });
    expect((await n1.member('n2'))!.incarnation).toBeGreaterThan(before.incarnation);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'one that was stopped by %s is shown as stopped, and its process ends with 0',
    async (signal) => {
      const lab = newLab();
      const [n1, n2] = await lab.cluster(2);
      await lab.waitForView([n1, n2!], { n1: 'alive', n2: 'alive' });

      expect((await n2!.signal(signal)).code).toBe(0);
      await lab.waitForView([n1], { n1: 'alive', n2: 'stopped' });
    },
  );
});

describe('two members under one name', () => {
  test('the later born ends with 1 and shows both addresses; the other goes on', async () => {
    const lab = newLab();
    const [n1, n2] = await lab.cluster(2);
    await lab.waitForView([n1, n2!], { n1: 'alive', n2: 'alive' });
    const holder = (await n2!.status()).address;

    const late = lab.launch({ name: 'n2', flags: ['--join', (await n1.status()).address] });
    const { code, stderr } = await lab.endOf(late, 'the later born');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`^quorate: the name n2 is taken: the agent at ${holder} had it before this one at ${late.bind.slice(0, -1)}[0-9]+
  → give one of them another name: --name NAME
$`),
    );

    const id = (await n2!.status()).id;
    for (const agent of [n1, n2!]) {
      const holders = (await agent.members()).filter(({ name, state }) => name === 'n2' && state === 'alive');
      expect(holders).toMatchObject([{ id, address: holder }]);
      expect(JSON.parse((await agent.get('/v1/members/n2')).body)).toMatchObject({ id, address: holder, state: 'alive' });
    }
    expect(n2!.hasEnded).toBe(false);
  });
});
