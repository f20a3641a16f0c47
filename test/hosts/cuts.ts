// One of five hosts cut off, then two of five, again and again: when the cut-off are fenced and their workers dead, when the others announce it.

import { atLeast, atMost, type Figure, median, type Scale } from '../bench/figure.ts';
import { type CutOff, type Host, type Hosts, watchCutOff } from '../support/hosts.ts';
import { sharedNowMs } from '../support/one-clock.ts';
import { namesOf, printRow, type Trial, waitForCalm, withHosts } from './trial.ts';

const HOSTS = 5;
/** Within one heartbeat of the lan profile: no two cuts fall on the same moment of it. */
const PHASE_MS_MAX = 500;
const POLL_MS = 5;

/** All from the cut on, or, of `quorateAgainMs`, from the heal on. */
interface Round {
  readonly notQuorateMs: number;
  readonly fencedMs: number;
  readonly workersDeadMs: number;
  /** At each of the majority, of each that was cut off. */
  readonly failedMs: readonly number[];
  readonly marginMs: number;
  readonly quorateAgainMs: number;
}

export const cuts: Trial = {
  name: 'cuts',
  run: (scale) =>
    withHosts(HOSTS, async (lab) => {
      const rounds: Round[] = [];
      printRow(['cut off', 'not quorate', 'fenced', 'workers dead', 'failed, first', 'failed, median', 'failed, last', 'margin', 'healed']);
      for (const size of [1, 2]) {
        for (let round = 0; round < (scale === 'full' ? 20 : 2); round++) rounds.push(await cutOnce(lab, size, round));
      }
      return figuresOf(rounds, scale);
    }),
};

async function cutOnce(lab: Hosts, size: number, round: number): Promise<Round> {
  const cutOff = Array.from({ length: size }, (_, i) => lab.hosts[(round + i * (1 + (round % 3))) % HOSTS]!).filter(isFirst);
  const majority = lab.hosts.filter((host) => !cutOff.includes(host));
  // Half of them must be killed: TERM is not heeded.
  for (const host of cutOff) lab.run(host, 'quorate', { isStubborn: round % 2 === 0 });
  await lab.waitForWorkers(cutOff);
  await pause(Math.random() * PHASE_MS_MAX);

  await lab.net.split(numbersOf(cutOff), numbersOf(majority));
  const cutAtMs = sharedNowMs();
  const [notQuorate, ended] = await Promise.all([
    Promise.all(cutOff.map((host) => notQuorateAtMs(host))),
    Promise.all(cutOff.map((host) => watchCutOff(lab, cutAtMs, host, majority))),
  ]);

  await lab.net.heal();
  const healedAtMs = sharedNowMs();
  await lab.waitForQuorate(lab.hosts);
  const quorateAgainMs = sharedNowMs() - healedAtMs;
  const result = { ...measured(ended, cutAtMs), notQuorateMs: Math.max(...notQuorate) - cutAtMs, quorateAgainMs };
  const { failedMs } = result;
  printRow([
    namesOf(cutOff),
    result.notQuorateMs,
    result.fencedMs,
    result.workersDeadMs,
    Math.min(...failedMs),
    median(failedMs),
    Math.max(...failedMs),
    result.marginMs,
    quorateAgainMs,
  ]);
  await waitForCalm(lab);
  return result;
}

function measured(ended: readonly CutOff[], cutAtMs: number): Pick<Round, 'fencedMs' | 'workersDeadMs' | 'failedMs' | 'marginMs'> {
  return {
    fencedMs: Math.max(...ended.map(({ fencedAtMs }) => fencedAtMs)) - cutAtMs,
    workersDeadMs: Math.max(...ended.map(({ workersDeadAtMs }) => workersDeadAtMs)) - cutAtMs,
    failedMs: ended.flatMap(({ failedAtMs }) => failedAtMs.map(({ atMs }) => atMs - cutAtMs)),
    marginMs: Math.min(...ended.map(({ marginMs }) => marginMs)),
  };
}

function figuresOf(rounds: readonly Round[], scale: Scale): readonly Figure[] {
  const worst = (of: (round: Round) => number): number => Math.max(...rounds.map(of));
  const margins = rounds.map(({ marginMs }) => marginMs);
  const positive = margins.filter((marginMs) => marginMs > 0).length;
  return [
    {
      name: `cuts with a margin above 0, of ${rounds.length}`,
      value: positive,
      unit: '',
      target: atLeast(scale === 'full' ? 40 : rounds.length),
    },
    { name: 'margin from fenced and workers dead to failed, least', value: Math.min(...margins), unit: 'ms', target: null },
    { name: 'margin, median', value: median(margins), unit: 'ms', target: null },
    { name: 'cut-off nodes not quorate, worst', value: worst(({ notQuorateMs }) => notQuorateMs), unit: 'ms', target: atMost(3250) },
    { name: 'cut-off nodes told `fenced`, worst', value: worst(({ fencedMs }) => fencedMs), unit: 'ms', target: null },
    { name: 'their workers dead, worst', value: worst(({ workersDeadMs }) => workersDeadMs), unit: 'ms', target: atMost(4250) },
    {
      name: 'failed at all of the majority, median of the last',
      value: median(rounds.map(({ failedMs }) => Math.max(...failedMs))),
      unit: 'ms',
      target: atMost(5500),
    },
    {
      name: 'all quorate again after the heal, worst',
      value: worst(({ quorateAgainMs }) => quorateAgainMs),
      unit: 'ms',
      target: atMost(5000),
    },
  ];
}

/** Asked again and again; the first no. */
async function notQuorateAtMs({ agent }: Host): Promise<number> {
  while ((await agent.get('/v1/quorum')).status === 200) await pause(POLL_MS);
  return sharedNowMs();
}

function isFirst<T>(one: T, index: number, all: readonly T[]): boolean {
  return all.indexOf(one) === index;
}

function numbersOf(hosts: readonly Host[]): number[] {
  return hosts.map(({ number }) => number);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
