// The leader's agent killed again and again, a worker under `run --leader` on every host: who leads next, when, and whether two ever worked at once.

import { atMost, median } from '../bench/figure.ts';
import type { Host, Hosts } from '../support/hosts.ts';
import { sharedNowMs } from '../support/one-clock.ts';
import { overlapMs } from '../support/worker-watch.ts';
import { printRow, type Trial, waitForCalm, withHosts } from './trial.ts';

const HOSTS = 5;

export const kills: Trial = {
  name: 'kills',
  run: (scale) =>
    withHosts(HOSTS, async (lab) => {
      const tookMs: number[] = [];
      for (const host of lab.hosts) lab.run(host, 'leader', { isStubborn: true });
      printRow(['killed', 'next leader', 'seen by all', 'worker began']);
      for (let round = 0; round < (scale === 'full' ? 20 : 2); round++) tookMs.push(await killLeader(lab));
      return [
        { name: 'leader killed: a new one known to all, worst', value: Math.max(...tookMs), unit: 'ms', target: atMost(6000) },
        { name: 'leader killed: a new one known to all, median', value: median(tookMs), unit: 'ms', target: null },
        { name: 'two workers at once', value: overlapMs(lab.workers.lives, sharedNowMs()), unit: 'ms', target: atMost(0) },
      ];
    }),
};

/** How long the others were without a leader they all knew. */
async function killLeader(lab: Hosts): Promise<number> {
  const leader = await lab.waitForLeader(lab.hosts);
  const others = lab.hosts.filter((host) => host !== leader);
  await lab.waitForWorkers([leader]);
  await leader.agent.kill();
  const killedAtMs = sharedNowMs();
  const namedAtMs = await Promise.all(others.map((host) => anotherNamed(lab, host, leader, killedAtMs)));
  const next = await lab.waitForLeader(others, leader);
  await lab.waitForWorkers([next]);
  const tookMs = Math.max(...namedAtMs) - killedAtMs;
  printRow([leader.name, next.name, tookMs, lab.workers.living(next.name)!.startedAtMs - killedAtMs]);

  // Its `run` ended with its lease, as a service manager would see it, and is started again with the agent.
  await lab.startAgain(leader);
  lab.run(leader, 'leader', { isStubborn: true });
  await waitForCalm(lab);
  return tookMs;
}

async function anotherNamed(lab: Hosts, host: Host, old: Host, sinceMs: number): Promise<number> {
  const named = () =>
    host.events.seen.find(({ event, latestMs }) => {
      const isNamed = event.type === 'leader-changed' && event.leader !== null && event.leader !== undefined;
      return isNamed && latestMs > sinceMs && event.leader !== old.name;
    });
  await lab.fleet.waitFor(`${host.name} names another leader`, () => named() !== undefined);
  return named()!.latestMs;
}
