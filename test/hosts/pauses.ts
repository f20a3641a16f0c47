// Agents stopped for ten seconds with full socket buffers, two of five at a time: what they answer first when they go on.

import { setTimeout as pause } from 'node:timers/promises';
import { atLeast } from '../bench/figure.ts';
import type { Host, Hosts } from '../support/hosts.ts';
import { sharedNowMs } from '../support/one-clock.ts';
import { namesOf, printRow, type Trial, waitForCalm, withHosts } from './trial.ts';

const HOSTS = 5;
const STOPPED_MS = 10_000;

interface Outcome {
  readonly firstAnswer: string;
  /** From the worker's end to the first announcement. */
  readonly marginMs: number;
}

export const pauses: Trial = {
  name: 'pauses',
  run: (scale) =>
    withHosts(HOSTS, async (lab) => {
      const outcomes: Outcome[] = [];
      printRow(['stopped', 'first answer', 'margin']);
      for (let round = 0; round < (scale === 'full' ? 10 : 1); round++) {
        const stopped = [0, 1].map((i) => lab.hosts[(2 * round + i) % HOSTS]!);
        outcomes.push(...(await stopThem(lab, stopped)));
      }
      const notQuorate = outcomes.filter(({ firstAnswer }) => firstAnswer === 'not quorate').length;
      const margins = outcomes.map(({ marginMs }) => marginMs);
      return [
        {
          name: `first answers after SIGCONT that are not quorate, of ${outcomes.length}`,
          value: notQuorate,
          unit: '',
          target: atLeast(outcomes.length),
        },
        { name: 'stopped: margin from worker dead to failed, least', value: Math.min(...margins), unit: 'ms', target: atLeast(0) },
      ];
    }),
};

async function stopThem(lab: Hosts, stopped: readonly Host[]): Promise<Outcome[]> {
  const others = lab.hosts.filter((host) => !stopped.includes(host));
  for (const host of stopped) lab.run(host, 'quorate', { isStubborn: true });
  await lab.waitForWorkers(stopped);

  for (const { agent } of stopped) process.kill(agent.pid, 'SIGSTOP');
  const stoppedAtMs = sharedNowMs();
  for (const host of stopped) await lab.fillBuffer(host, others[0]!);
  await pause(STOPPED_MS);
  const outcomes = await Promise.all(stopped.map((host) => goOn(lab, host, others, stoppedAtMs)));
  for (const [i, { firstAnswer, marginMs }] of outcomes.entries()) printRow([namesOf([stopped[i]!]), firstAnswer, marginMs]);
  await waitForCalm(lab);
  return outcomes;
}

async function goOn(lab: Hosts, host: Host, others: readonly Host[], stoppedAtMs: number): Promise<Outcome> {
  // The question waits in the socket before the agent can run again.
  const asked = host.agent.get('/v1/quorum');
  process.kill(host.agent.pid, 'SIGCONT');
  const firstAnswer = (await asked).status === 200 ? 'QUORATE' : 'not quorate';
  const announced = await Promise.all(others.map((other) => lab.told(other, stoppedAtMs, 'member-failed', host.name)));
  const ends = lab.workers.lives.filter(({ name }) => name === host.name).map(({ endedAtMs }) => endedAtMs ?? Number.POSITIVE_INFINITY);
  return { firstAnswer, marginMs: Math.min(...announced.map(({ earliestMs }) => earliestMs)) - Math.max(...ends) };
}
