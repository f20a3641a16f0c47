// `quorate wait`: for scripts that must not go on before the cluster is so far. An agent that cannot be reached is waited
// for like any other condition; only a socket that this user may not open ends the wait, for time does not change that.

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AgentClient, withAgent } from '../agent-client.ts';
import { type CommandLine, textOf } from '../command-line.ts';
import { readDurationMs } from '../duration.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';

type Condition =
  | { readonly kind: 'quorate' }
  | { readonly kind: 'leader' }
  | { readonly kind: 'can-lose'; readonly count: number }
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'members'; readonly count: number };

const ASK_EVERY_MS = 100;
const ANSWER_TIMEOUT_MS = 5000;
const TIMEOUT_DEFAULT = '60s';

export async function waitFor(line: CommandLine, io: Io): Promise<number> {
  const condition = conditionOf(line.operands[0] ?? '');
  const timeout = textOf(line, 'timeout') ?? TIMEOUT_DEFAULT;
  const timeoutMs = readDurationMs(timeout);
  if (timeoutMs === null) throw new Failure(EXIT.usage, `wait: --timeout '${timeout}' is not a time`, 'for example 500ms, 60s, 2m');
  const endsAtMs = performance.now() + timeoutMs;
  let lastSeen = 'no answer yet';
  for (;;) {
    try {
      // An agent that took the connection and then hangs must not hold the wait beyond its time.
      const remainingMs = Math.min(ANSWER_TIMEOUT_MS, Math.max(1, Math.ceil(endsAtMs - performance.now())));
      const seen = await withAgent(line, io, (agent) => ask(agent, condition), { timeoutMs: remainingMs });
      if (seen === 'met') return EXIT.done;
      lastSeen = seen;
    } catch (error) {
      if (!(error instanceof Failure) || error.exitCode !== EXIT.unreachable) throw error;
      lastSeen = error.message;
    }
    if (performance.now() + ASK_EVERY_MS >= endsAtMs) {
      throw new Failure(EXIT.timedOut, `waited ${timeout} for '${line.operands[0]}' in vain: ${lastSeen}`, 'quorate status tells more');
    }
    await sleep(ASK_EVERY_MS);
  }
}

function conditionOf(text: string): Condition {
  if (text === 'quorate' || text === 'leader') return { kind: text };
  const member = /^member=(.+)$/.exec(text);
  if (member?.[1] !== undefined) return { kind: 'member', name: member[1] };
  const members = /^members=(\d{1,6})$/.exec(text);
  if (members !== null) return { kind: 'members', count: Number(members[1]) };
  const canLose = /^can-lose=(\d{1,6})$/.exec(text);
  if (canLose !== null) return { kind: 'can-lose', count: Number(canLose[1]) };
  throw new Failure(
    EXIT.usage,
    `wait: '${text}' is nothing that can be waited for`,
    'one of: quorate, leader, can-lose=N, member=NAME, members=N',
  );
}

/** `met`, or what holds instead. */
async function ask(agent: AgentClient, condition: Condition): Promise<string> {
  switch (condition.kind) {
    case 'quorate': {
      const { standing, quorum } = await agent.status();
      if (standing === 'quorate') return 'met';
      return quorum === null
        ? `standing is ${standing}`
        : `standing is ${standing}: ${quorum.acking} voters acknowledge, ${quorum.needed} are needed`;
    }
    case 'can-lose': {
      const { standing, quorum } = await agent.status();
      if (standing !== 'quorate') return `standing is ${standing}`;
      const canLose = quorum?.canLose ?? 0;
      return canLose >= condition.count ? 'met' : canLose === 0 ? 'no voter may be lost' : `no more than ${canLose} may be lost`;
    }
    case 'leader':
      return (await agent.leader()) === null ? 'there is no leader' : 'met';
    case 'member': {
      const { members } = await agent.members();
      const member = members.find(({ name }) => name === condition.name);
      if (member === undefined) return 'no member bears that name';
      return member.state === 'alive' ? 'met' : `it is ${member.state}`;
    }
    case 'members': {
      const { members } = await agent.status();
      return members.alive >= condition.count ? 'met' : `${members.alive} are alive`;
    }
  }
}
