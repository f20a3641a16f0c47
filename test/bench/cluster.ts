// How fast real agents find each other and learn of a leave, and what an idle one costs: default profile, all on loopback.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type AgentProcess, Fleet } from '../support/agents.ts';
import { atMost, type Benchmark, type Figure, median } from './figure.ts';
import { cpuSecondsOf, memoryOf } from './process-cost.ts';

const PATIENCE_MS = 60_000;
/** After everyone knows everyone: until start-up work and its garbage are behind the agents. */
const SETTLE_MS = 10_000;
/** The default of --max-voters. */
const VOTERS_MAX = 7;

export const convergence: Benchmark = {
  name: 'converge',
  async measure(scale) {
    const tookMs: number[] = [];
    for (let run = 0; run < (scale === 'full' ? 5 : 2); run++) {
      await withFleet(async (fleet) => {
        const agents = await fleet.launchCluster(5);
        await Promise.all(agents.map((agent) => fleet.answers(agent)));
        const startMs = performance.now();
        await allSeeAll(fleet, agents, 5);
        tookMs.push(performance.now() - startMs);
      });
    }
    return [
      { name: 'N=5: all see all, after the last socket answers, median', value: median(tookMs), unit: 'ms', target: null },
      { name: 'N=5: all see all, after the last socket answers, worst', value: Math.max(...tookMs), unit: 'ms', target: atMost(1000) },
    ];
  },
};

export const hundred: Benchmark = {
  name: 'hundred',
  measure: () =>
    withFleet(async (fleet) => {
      const startMs = performance.now();
      const agents = await fleet.launchCluster(100);
      await allSeeAll(fleet, agents, 50);
      const value = (performance.now() - startMs) / 1000;
      return [{ name: 'N=100: all see all, after the first exec', value, unit: 's', target: atMost(10) }];
    }),
};

export const memory: Benchmark = {
  name: 'memory',
  measure: (scale) =>
    withFleet(async (fleet) => {
      const agent = await fleet.start({ name: 'idle', flags: ['--init'] });
      const empty = spawn(process.execPath, ['-e', "require('node:dgram').createSocket('udp4').bind(0, '127.0.0.1')"], { stdio: 'ignore' });
      try {
        await pause(scale === 'full' ? SETTLE_MS : 3000);
        const [own, base] = [memoryOf(agent.pid), memoryOf(empty.pid!)];
        return [
          { name: 'empty Node with one UDP socket, RSS', value: base.rssMb, unit: 'MiB', target: null },
          { name: 'idle agent, RSS', value: own.rssMb, unit: 'MiB', target: null },
          { name: 'idle agent, PSS', value: own.pssMb, unit: 'MiB', target: null },
          { name: 'idle agent ÷ empty Node, RSS', value: own.rssMb / base.rssMb, unit: '×', target: atMost(1.35) },
          { name: 'idle agent ÷ empty Node, PSS', value: own.pssMb / base.pssMb, unit: '×', target: null },
        ];
      } finally {
        await end(empty);
      }
    }),
};

export const idle: Benchmark = {
  name: 'idle',
  async measure(scale) {
    const figures: Figure[] = [];
    for (const count of [5, 50]) {
      await withFleet(async (fleet) => {
        const agents = await fleet.launchCluster(count);
        await allSeeAll(fleet, agents, 50);
        await votersAreIn(agents[0]!, Math.min(count, VOTERS_MAX));
        await pause(scale === 'full' ? SETTLE_MS : 3000);
        const seconds = scale === 'full' ? 30 : 10;
        const before = agents.map(({ pid }) => cpuSecondsOf(pid));
        const startMs = performance.now();
        await pause(seconds * 1000);
        const elapsedSeconds = (performance.now() - startMs) / 1000;
        const percent = agents.map(({ pid }, i) => ((cpuSecondsOf(pid) - before[i]!) / elapsedSeconds) * 100);
        const mean = percent.reduce((sum, one) => sum + one, 0) / count;
        figures.push(
          { name: `N=${count}: idle CPU per agent, mean`, value: mean, unit: '% of a core', target: atMost(0.3) },
          { name: `N=${count}: idle CPU per agent, highest`, value: Math.max(...percent), unit: '% of a core', target: null },
          { name: `N=${count}: RSS per agent, mean`, value: meanRss(agents), unit: 'MiB', target: null },
        );
      });
    }
    return figures;
  },
};

export const leave: Benchmark = {
  name: 'leave',
  measure: (scale) =>
    withFleet(async (fleet) => {
      const agents = await fleet.launchCluster(50);
      await allSeeAll(fleet, agents, 50);
      const tookMs: number[] = [];
      for (let run = 0; run < (scale === 'full' ? 5 : 1); run++) {
        const leaver = agents.pop()!;
        const seen = await Promise.all(agents.map((agent) => watchLeave(agent, leaver.name)));
        const startMs = performance.now();
        await leaver.post('/v1/leave');
        const seenAtMs = await Promise.all(seen.map((one) => one.atMs));
        tookMs.push(Math.max(...seenAtMs) - startMs);
      }
      return [
        { name: 'N=50: a leave is seen by the last, median', value: median(tookMs), unit: 'ms', target: null },
        { name: 'N=50: a leave is seen by the last, worst', value: Math.max(...tookMs), unit: 'ms', target: atMost(1000) },
      ];
    }),
};

export async function withFleet<T>(work: (fleet: Fleet) => Promise<T>): Promise<T> {
  const fleet = new Fleet({ profile: 'lan', keepsOutput: false });
  try {
    return await work(fleet);
  } finally {
    await fleet.close();
  }
}

/** Asks one agent at a time, and each no more once it shows all: asking must not slow down what is measured. */
export async function allSeeAll(fleet: Fleet, agents: readonly AgentProcess[], betweenMs: number): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (const agent of agents) {
    let alive = 0;
    for (;;) {
      // Until its socket is there, an agent counts as one that shows nobody.
      alive = await agent.status().then(
        ({ members }) => members.alive,
        () => 0,
      );
      if (alive === agents.length) break;
      if (performance.now() > deadlineMs) throw new Error(`${agent.name} shows ${alive} of ${agents.length} alive\n${fleet.report()}`);
      await pause(betweenMs);
    }
  }
}

/** Until then the cluster is not idle: every few seconds it takes in another voter. */
async function votersAreIn(agent: AgentProcess, count: number): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const voters = (await agent.status()).quorum?.voters ?? 0;
    if (voters === count) return;
    if (performance.now() > deadlineMs) throw new Error(`${agent.name} counts ${voters} of ${count} voters`);
    await pause(500);
  }
}

/** Resolves once the stream stands; `atMs` once the leave came through it. */
function watchLeave(agent: AgentProcess, member: string): Promise<{ readonly atMs: Promise<number> }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: agent.socketPath, path: '/v1/events?type=member-left', agent: false }, (response) => {
      const atMs = new Promise<number>((done) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          if (!text.includes(`"member":"${member}"`)) return;
          done(performance.now());
          asked.destroy();
        });
      });
      resolve({ atMs });
    });
    asked.once('error', reject);
    asked.end();
  });
}

function meanRss(agents: readonly AgentProcess[]): number {
  return agents.reduce((sum, { pid }) => sum + memoryOf(pid).rssMb, 0) / agents.length;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
