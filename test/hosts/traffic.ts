// What a quiet cluster costs the network: IP bytes that each agent sends, once all voters are in, and what kinds of message they are.

import { setTimeout as pause } from 'node:timers/promises';
import { KIND } from '../../src/wire/kinds.ts';
import { atMost, type Figure } from '../bench/figure.ts';
import type { Hosts } from '../support/hosts.ts';
import type { Counted, Traffic } from '../support/netlab/index.ts';
import { type Trial, waitForCalm, withHosts } from './trial.ts';

const MAX_VOTERS = 7;
const GROWTH_PATIENCE_MS = 180_000;
const SETTLE_MS = 20_000;

/** Messages of the record, the lease and what rests on them; all others are the list's. */
const LIST_KINDS: ReadonlySet<string> = new Set([
  'push',
  'ping',
  'pong',
  'who',
  'hello',
  'superseded',
  'join',
  'welcome',
  'sync',
  'sync-reply',
  'refused',
]);

export const traffic: Trial = {
  name: 'traffic',
  async run(scale) {
    const figures: Figure[] = [];
    for (const count of [5, 50]) {
      figures.push(...(await withHosts(count, (lab) => measure(lab, scale === 'full' ? 60 : 20), 'grow')));
    }
    return figures;
  },
};

async function measure(lab: Hosts, seconds: number): Promise<Figure[]> {
  const count = lab.hosts.length;
  const voters = Math.min(count, MAX_VOTERS);
  const first = lab.host(1).agent;
  await lab.fleet.waitFor(`${voters} vote`, async () => (await first.status()).quorum?.voters === voters, GROWTH_PATIENCE_MS);
  await waitForCalm(lab);
  await pause(SETTLE_MS);
  const before = await lab.net.traffic();
  const startMs = performance.now();
  await pause(seconds * 1000);
  const after = await lab.net.traffic();
  const agentSeconds = ((performance.now() - startMs) / 1000) * count;

  const [list, lease] = byLayer(before, after);
  const tcp = sum(after, 'tcp') - sum(before, 'tcp');
  const udp = sum(after, 'udp') - sum(before, 'udp');
  const rate = (bytes: number): number => bytes / agentSeconds;
  return [
    { name: `N=${count}: IP bytes/s an agent sends, mean`, value: rate(udp + tcp), unit: 'B/s', target: atMost(1000) },
    { name: `N=${count}: of it the list`, value: rate(list), unit: 'B/s', target: null },
    { name: `N=${count}: of it the lease and the record`, value: rate(lease), unit: 'B/s', target: null },
    { name: `N=${count}: of it TCP`, value: rate(tcp), unit: 'B/s', target: null },
  ];
}

function byLayer(before: Traffic, after: Traffic): [list: number, lease: number] {
  let [list, lease] = [0, 0];
  for (const [number, { bytes }] of after.udpByKind) {
    const sent = bytes - (before.udpByKind.get(number)?.bytes ?? 0);
    const name = Object.entries(KIND).find(([, kind]) => kind === number)?.[0];
    if (name !== undefined && LIST_KINDS.has(name)) list += sent;
    else lease += sent;
  }
  return [list, lease];
}

function sum({ sentByHost }: Traffic, protocol: 'udp' | 'tcp'): number {
  return sentByHost.reduce((total, sent: Record<'udp' | 'tcp', Counted>) => total + sent[protocol].bytes, 0);
}
