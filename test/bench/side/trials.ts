// What is done to a cluster, and what comes of it in figures: a start, idleness, questions. The same for any contender.

import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { sharedNowMs } from '../../support/one-clock.ts';
import { median, quantile, type Scale } from '../figure.ts';
import { cpuSecondsOf, memoryOf } from '../process-cost.ts';
import { askRepeatedly } from './asking.ts';
import { allSeeAll, type Cluster, type Peer } from './cluster.ts';
import { startHelper } from './helper.ts';
import { sentByAddress } from './namespace.ts';
import type { Measured } from './rows.ts';

/** What memory is measured against: Node, and one socket. */
const EMPTY = "require('node:dgram').createSocket('udp4').bind(0, '127.0.0.1')";

export interface Stage {
  readonly cluster: Cluster;
  readonly count: number;
  readonly scale: Scale;
  /** Whether the kernel counts what the agents send. */
  readonly isCounted: boolean;
}

/** From the first exec, and from the last one, until every view is complete. */
export async function startUp({ cluster, count }: Stage): Promise<Measured> {
  const startMs = sharedNowMs();
  await cluster.start(count);
  const lastExecMs = sharedNowMs();
  await allSeeAll(cluster, 20);
  const nowMs = sharedNowMs();
  return { convergedS: (nowMs - startMs) / 1000, convergedAfterLastS: (nowMs - lastExecMs) / 1000 };
}

/** After everything is taken up: CPU, memory and traffic of agents that nobody asks. */
export async function idleness({ cluster, scale, isCounted }: Stage): Promise<Measured> {
  await cluster.grown();
  const { voters } = await cluster.offices();
  const { peers } = cluster;
  // Until start-up work and its garbage are behind the agents, and V8 has compiled what runs all day in a voter.
  await pause(scale === 'full' ? 75_000 : 1000);
  const empty = startHelper(EMPTY);
  const sentBefore = isCounted ? await sentByAddress() : null;
  const cpuBefore = peers.map(({ pid }) => cpuSecondsOf(pid));
  const startMs = sharedNowMs();
  await pause(scale === 'full' ? 40_000 : 3000);
  const seconds = (sharedNowMs() - startMs) / 1000;
  const percent = peers.map(({ pid }, i) => ((cpuSecondsOf(pid) - cpuBefore[i]!) / seconds) * 100);
  const sentAfter = isCounted ? await sentByAddress() : null;
  const memory = peers.map(({ pid }) => memoryOf(pid));
  const emptyRssMb = memoryOf(empty.pid).rssMb;
  await empty.end();
  const ofVoters = (values: readonly number[]): number[] => values.filter((_, i) => voters.has(peers[i]!.name));
  const rssMiB = mean(memory.map(({ rssMb }) => rssMb));
  const figures: Measured = {
    cpuMean: mean(percent),
    cpuHighest: Math.max(...percent),
    rssMiB,
    pssMiB: mean(memory.map(({ pssMb }) => pssMb)),
  };
  if (voters.size > 0) Object.assign(figures, { cpuVoters: mean(ofVoters(percent)), rssRatio: rssMiB / emptyRssMb });
  if (sentBefore === null || sentAfter === null) return figures;
  const bytesOf = ({ address }: Peer): number => (sentAfter.get(address)?.bytes ?? 0) - (sentBefore.get(address)?.bytes ?? 0);
  const total = (sent: typeof sentAfter, what: 'bytes' | 'packets'): number =>
    [...sent.values()].reduce((sum, counted) => sum + counted[what], 0);
  const rate = (what: 'bytes' | 'packets'): number => (total(sentAfter, what) - total(sentBefore, what)) / seconds / peers.length;
  Object.assign(figures, { bytesPerS: rate('bytes'), packetsPerS: rate('packets') });
  if (voters.size > 0) figures.voterBytesPerS = mean(ofVoters(peers.map(bytesOf))) / seconds;
  return figures;
}

/** `members` again and again over one connection. */
export async function questions({ cluster, scale }: Stage): Promise<Measured> {
  const forMs = scale === 'full' ? 4000 : 500;
  const conversation = await cluster.conversation(cluster.peers[0]!);
  // At first both sides warm up.
  await askRepeatedly(conversation, forMs / 4);
  const tookMs = await askRepeatedly(conversation, forMs);
  conversation.socket.destroy();
  return {
    membersPerS: (tookMs.length / forMs) * 1000,
    membersP50Ms: quantile(tookMs, 0.5),
    membersP99Ms: quantile(tookMs, 0.99),
  };
}

/** The verb from a shell, each time in turn with a Node that does nothing, so that a slow spell of the machine falls on both. */
export async function coldStart({ cluster, scale }: Stage): Promise<Measured> {
  const command = cluster.membersCommand(cluster.peers[0]!);
  const [emptyMs, verbMs]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < (scale === 'full' ? 20 : 3); pair++) {
    emptyMs.push(timeOf([process.execPath, '-e', '0']));
    verbMs.push(timeOf(command));
  }
  const coldMs = median(verbMs);
  return command[0] === process.execPath ? { coldMs, coldRatio: coldMs / median(emptyMs) } : { coldMs };
}

export function timeOf([program, ...args]: readonly [string, ...string[]]): number {
  const startMs = performance.now();
  const { status } = spawnSync(program, args, { stdio: 'ignore' });
  const tookMs = performance.now() - startMs;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
  return tookMs;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}
