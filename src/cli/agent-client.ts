// Finds the agent that a verb is meant for and speaks to it. Everything that the socket may answer with instead of data
// becomes a Failure here; what the requests look like on the wire is api/client.ts's.

import { ApiProblem, ApiUnreachable, type Client, connect, type UnreachableCode } from '../api/client.ts';
import { type CommandLine, textOf } from './command-line.ts';
import { EXIT, Failure } from './exit-codes.ts';
import type { Io } from './io.ts';
import { problemHint } from './problem-hints.ts';
import { type Candidate, permissionHint, type SocketSearch, searchSockets, socketPathProblem } from './socket-search.ts';
import { shellWord } from './suggestions.ts';

export interface AgentClient extends Pick<Client, 'status' | 'members' | 'leader' | 'events' | 'lease'> {
  readonly socketPath: string;
  /** A fresh round trip to a majority of the voters: null when it came back, else why not. */
  confirm(): Promise<string | null>;
  /** Any other request; the parsed body of an answer that is a success. */
  ask(method: 'GET' | 'POST' | 'PUT', target: string, body?: unknown): Promise<unknown>;
}

const ANSWER_TIMEOUT_MS = 10_000;

/** Nothing was sent, so the next path may be tried; after any other code the agent may have acted already. */
const NOT_CONNECTED: Readonly<Partial<Record<UnreachableCode, string>>> = {
  'no-socket': 'no such file',
  refused: 'refused: nobody listens there any more',
  'permission-denied': 'permission denied',
};

/**
 * Runs `work` with the first agent of the search order that can be connected to. It is started anew for each path, so it
 * prints nothing before its first answer. A silence of `timeoutMs` counts as no answer.
 */
export async function withAgent<T>(
  line: CommandLine,
  io: Io,
  work: (agent: AgentClient) => Promise<T>,
  { timeoutMs = ANSWER_TIMEOUT_MS }: { readonly timeoutMs?: number } = {},
): Promise<T> {
  const search = searchSockets(textOf(line, 'socket'), io.env, io.uid);
  const failed: FailedCandidate[] = [];
  for (const candidate of search.tried) {
    const problem = socketPathProblem(candidate, io.uid);
    if (problem !== null) {
      failed.push({ ...candidate, reason: problem, code: 'path-too-long' });
      continue;
    }
    try {
      return await work(agentClient(line.verb, candidate.path, connect(candidate.path, timeoutMs)));
    } catch (error) {
      if (error instanceof ApiProblem) throw new Failure(EXIT.failure, error.message, problemHint(error.code, line.verb, error.hint));
      if (!(error instanceof ApiUnreachable)) throw error;
      const reason = NOT_CONNECTED[error.code];
      if (reason === undefined) throw brokenOff(error);
      failed.push({ ...candidate, reason, code: error.code });
    }
  }
  throw notFound(search, failed);
}

function agentClient(verb: string, socketPath: string, client: Client): AgentClient {
  return {
    socketPath,
    status: () => client.status(),
    members: (filter) => client.members(filter),
    leader: () => client.leader(),
    events: (filter) => client.events(filter),
    lease: (scope, name, signal) => client.lease(scope, name, signal),
    async confirm() {
      const { status, body } = await client.request('POST', '/v1/confirm');
      return status === 200 ? null : (textIn(JSON.parse(body), 'detail') ?? `the agent answered ${status}`);
    },
    async ask(method, target, body) {
      const answer = await client.request(method, target, body);
      const parsed: unknown = answer.body.trim() === '' ? null : JSON.parse(answer.body);
      if (answer.status < 300) return parsed;
      const [detail, code, hint] = [textIn(parsed, 'detail'), textIn(parsed, 'code') ?? '', textIn(parsed, 'hint') ?? ''];
      const message = detail ?? `the agent answered ${answer.status} without saying why`;
      throw new Failure(EXIT.failure, message, problemHint(code, verb, hint));
    },
  };
}

interface FailedCandidate extends Candidate {
  readonly reason: string;
  readonly code: UnreachableCode;
}

function notFound(search: SocketSearch, failed: readonly FailedCandidate[]): Failure {
  const width = Math.max(...failed.map(({ path }) => path.length));
  const lines = failed.map(({ path, from, reason }) => `  ${path.padEnd(width)}  ${reason}${from === 'default' ? '' : ` (from ${from})`}`);
  const skipped = search.skipped.map(({ path }) => path).join(', ');
  if (skipped !== '') lines.push(`  not tried, because ${search.tried[0]?.from} names the one: ${skipped}`);
  const list = `tried in this order:\n${lines.join('\n')}`;
  const existing = failed.filter(({ code }) => code !== 'no-socket');
  const [first] = existing;
  if (first !== undefined && existing.every(({ code }) => code === 'permission-denied')) {
    return new Failure(EXIT.permission, `this user may not open the agent's socket; ${list}`, permissionHint(first.path));
  }
  const [only] = search.tried;
  const hint =
    only?.from === '--socket'
      ? `start one there: quorate agent --socket ${shellWord(only.path)} with --dev to try it out, --init or --join HOST for a cluster`
      : 'start one: quorate agent --dev to try it out, quorate agent --init or --join HOST for a cluster';
  return new Failure(EXIT.unreachable, `no agent can be reached; ${list}`, hint);
}

function brokenOff({ message }: ApiUnreachable): Failure {
  return new Failure(EXIT.unreachable, message, 'it is ending, stopped or overloaded: look at its log, then try again');
}

function textIn(answer: unknown, key: string): string | null {
  const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, key) : null;
  return typeof value === 'string' ? value : null;
}
