// The lab itself, before anything is believed that was tried in it.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeHosts } from '../../support/host-tests.ts';
import { command, Netlab } from '../../support/netlab/index.ts';
import { until } from '../../support/until.ts';

const beacon = join(import.meta.dirname, '..', '..', 'support', 'children', 'beacon.mjs');

/** `hears(a, b)` counts what host a heard of host b since the last `forget()`. */
async function newBeacons(hostCount: number) {
  const lab = await Netlab.open(hostCount);
  onTestFinished(() => lab.close());
  const heard = new Map<string, number>();
  const hosts = Array.from({ length: hostCount }, (_, i) => i + 1);
  for (const host of hosts) {
    const [ip, ...words] = lab.onHost(host);
    const others = hosts.filter((other) => other !== host).map((other) => lab.addressOf(other));
    const child = spawn(ip!, [...words, process.execPath, beacon, lab.addressOf(host), ...others], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      for (const address of text.trim().split('\n')) heard.set(`${host} ${address}`, (heard.get(`${host} ${address}`) ?? 0) + 1);
    });
  }
  const hears = (host: number, other: number): number => heard.get(`${host} ${lab.addressOf(other)}`) ?? 0;
  const pairs = hosts.flatMap((a) => hosts.filter((b) => b !== a).map((b) => [a, b] as const));
  /** Waits until everyone hears exactly those whom `reaches` allows, three datagrams long. */
  const settles = async (reaches: (from: number, to: number) => boolean): Promise<void> => {
    await until(() => pairs.every(([to, from]) => !reaches(from, to) || hears(to, from) > 0), 'all who can be heard are heard');
    heard.clear();
    await until(() => pairs.every(([to, from]) => !reaches(from, to) || hears(to, from) > 2), 'all who can be heard are heard again');
    expect(pairs.filter(([to, from]) => !reaches(from, to) && hears(to, from) > 0)).toEqual([]);
  };
  return { lab, settles };
}

describeHosts('hosts in namespaces', () => {
  test('hear each other, are split, heal, are deafened and muted, and leave nothing behind', async () => {
    const { lab, settles } = await newBeacons(4);
    await settles(() => true);

    await lab.split([1, 2], [3, 4]);
    await settles((from, to) => from <= 2 === to <= 2);
    await lab.heal();
    await settles(() => true);

    await lab.deafen(1);
    await settles((_, to) => to !== 1);
    await lab.heal();
    await lab.mute(1);
    await settles((from) => from !== 1);
    await lab.heal();
    await lab.split([1], [3]);
    await settles((from, to) => !(from === 1 && to === 3) && !(from === 3 && to === 1));

    await lab.close();
    expect(await command(['ip', 'netns', 'list'])).not.toContain(`quorate-${process.pid}-`);
  });

  test('count the IP bytes that each host sent', async () => {
    const { lab, settles } = await newBeacons(2);
    await settles(() => true);
    const { sentByHost } = await lab.traffic();
    for (const { udp } of sentByHost) {
      expect(udp.packets).toBeGreaterThan(2);
      // One byte behind 20 of IP and 8 of UDP.
      expect(udp.bytes).toBe(udp.packets * 29);
    }
  });
});
