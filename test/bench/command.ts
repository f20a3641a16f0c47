// What a user and programs that poll feel: the cold start of a verb, and `members` over kept connections.

import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { executable } from '../support/agents.ts';
import { allSeeAll, withFleet } from './cluster.ts';
import { atLeast, atMost, type Benchmark, median, quantile } from './figure.ts';

const CLIENTS = 4;

export const members: Benchmark = {
  name: 'members',
  measure: (scale) =>
    withFleet(async (fleet) => {
      const agents = await fleet.launchCluster(20);
      await allSeeAll(fleet, agents, 50);
      const forMs = scale === 'full' ? 5000 : 2000;
      const ask = (): Promise<number[]> => askRepeatedly(agents[0].socketPath, forMs);
      // The first second warms both sides up.
      await askRepeatedly(agents[0].socketPath, 1000);
      const alone = await ask();
      // One client waits for each answer, and what it waits for is two processes waking each other up; several keep the agent busy.
      const together = await Promise.all(Array.from({ length: CLIENTS }, ask));
      return [
        {
          name: `N=20: members, ${CLIENTS} clients at once`,
          value: (together.flat().length / forMs) * 1000,
          unit: '/s',
          target: atLeast(10_000),
        },
        { name: 'N=20: members, one client', value: (alone.length / forMs) * 1000, unit: '/s', target: null },
        { name: 'N=20: members, one client, p50', value: quantile(alone, 0.5), unit: 'ms', target: null },
        { name: 'N=20: members, one client, p99', value: quantile(alone, 0.99), unit: 'ms', target: null },
      ];
    }),
};

export const coldStart: Benchmark = {
  name: 'cold-start',
  measure: (scale) =>
    withFleet(async (fleet) => {
      const agent = await fleet.start({ name: 'n1', flags: ['--init'] });
      const verb = [executable, 'members', '--socket', agent.socketPath];
      const [emptyMs, verbMs]: [number[], number[]] = [[], []];
      // In pairs, so that a slow spell of the machine falls on both.
      for (let pair = 0; pair < (scale === 'full' ? 40 : 10); pair++) {
        emptyMs.push(timeOf(['-e', '0']));
        verbMs.push(timeOf(verb));
      }
      return [
        { name: 'node -e 0, median', value: median(emptyMs), unit: 'ms', target: null },
        { name: 'quorate members, cold, median', value: median(verbMs), unit: 'ms', target: null },
        { name: 'quorate members ÷ node -e 0', value: median(verbMs) / median(emptyMs), unit: '×', target: atMost(1.4) },
      ];
    }),
};

function timeOf(args: readonly string[]): number {
  const startMs = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  const tookMs = performance.now() - startMs;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return tookMs;
}

/** One question after the other over one connection; how long each took. A client as thin as it can be, so that the agent is what is measured. */
function askRepeatedly(socketPath: string, forMs: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const tookMs: number[] = [];
    const question = 'GET /v1/members HTTP/1.1\r\nHost: q\r\n\r\n';
    const socket = connect(socketPath);
    let missing = -1;
    let head = '';
    let askedAtMs = 0;
    const endMs = performance.now() + forMs;
    const ask = (): void => {
      missing = -1;
      head = '';
      askedAtMs = performance.now();
      socket.write(question);
    };
    socket.on('data', (chunk) => {
      let body = chunk.length;
      if (missing < 0) {
        head += chunk.toString('latin1');
        const headEnd = head.indexOf('\r\n\r\n');
        if (headEnd === -1) return;
        missing = Number(/^content-length: *(\d+)/im.exec(head)?.[1]);
        body = head.length - headEnd - 4;
      }
      missing -= body;
      if (missing > 0) return;
      if (missing !== 0 || !head.startsWith('HTTP/1.1 200 ')) {
        socket.destroy(new Error(`an answer to /v1/members that is not 200 with a Content-Length that fits: ${head.slice(0, 80)}`));
        return;
      }
      const nowMs = performance.now();
      tookMs.push(nowMs - askedAtMs);
      if (nowMs < endMs) ask();
      else {
        socket.destroy();
        resolve(tookMs);
      }
    });
    socket.once('error', reject);
    socket.once('connect', ask);
  });
}
