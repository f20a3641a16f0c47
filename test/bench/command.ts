// What a user and programs that poll feel: the cold start of a verb, and `members` over kept connections.

import { executable } from '../support/agents.ts';
import { allSeeAll, withFleet } from './cluster.ts';
import { atLeast, atMost, type Benchmark, median, quantile } from './figure.ts';
import { askRepeatedly, httpConversation } from './side/asking.ts';
import { timeOf } from './side/trials.ts';

const CLIENTS = 4;

export const members: Benchmark = {
  name: 'members',
  measure: (scale) =>
    withFleet(async (fleet) => {
      const agents = await fleet.launchCluster(20);
      await allSeeAll(fleet, agents, 50);
      const forMs = scale === 'full' ? 5000 : 2000;
      const ask = async (duringMs = forMs): Promise<number[]> => {
        const conversation = await httpConversation(agents[0].socketPath, '/v1/members');
        const tookMs = await askRepeatedly(conversation, duringMs);
        conversation.socket.destroy();
        return tookMs;
      };
      // The first second warms both sides up.
      await ask(1000);
      const alone = await ask();
      // One client waits for each answer, and what it waits for is two processes waking each other up; several keep the agent busy.
      const together = await Promise.all(Array.from({ length: CLIENTS }, () => ask()));
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
      const verb = [process.execPath, executable, 'members', '--socket', agent.socketPath] as const;
      const [emptyMs, verbMs]: [number[], number[]] = [[], []];
      // In pairs, so that a slow spell of the machine falls on both.
      for (let pair = 0; pair < (scale === 'full' ? 40 : 10); pair++) {
        emptyMs.push(timeOf([process.execPath, '-e', '0']));
        verbMs.push(timeOf(verb));
      }
      return [
        { name: 'node -e 0, median', value: median(emptyMs), unit: 'ms', target: null },
        { name: 'quorate members, cold, median', value: median(verbMs), unit: 'ms', target: null },
        { name: 'quorate members ÷ node -e 0', value: median(verbMs) / median(emptyMs), unit: '×', target: atMost(1.4) },
      ];
    }),
};
