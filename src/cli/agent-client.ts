// Finds the agent that a verb is meant for and speaks to it. Everything that the socket may answer with instead of data
// becomes a Failure here; what the requests look like on the wire is api/client.ts's.

import { ApiProblem, ApiUnreachable, type Client, connect } from '../api/client.ts';
import { type CommandLine, textOf } from './command-line.ts';
import { EXIT, Failure } from './exit-codes.ts';
import type { Io } from './io.ts';
import { type Candidate, type SocketSearch, searchSockets, socketPathProblem } from './socket-search.ts';

export type AgentClient = Client;

/** These say that nothing was sent, so the next path may be tried; after any other the agent may have acted already. */
const NOT_CONNECTED: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such directory',
  ECONNREFUSED: 'refused: nobody listens there any more',
  ENOTSOCK: 'not a socket',
  EPROTOTYPE: 'not a stream socket',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};

/** Runs `work` with the first agent of the search order that can be connected to. `work` may be started once a path, so it prints nothing before its first answer. */
export async function withAgent<T>(line: CommandLine, io: Io, work: (agent: AgentClient) => Promise<T>): Promise<T> {
  const search = searchSockets(textOf(line, 'socket'), io.env, io.uid);
  const failed: FailedCandidate[] = [];
  for (const candidate of search.tried) {
    const problem = socketPathProblem(candidate, io.uid);
    if (problem !== null) {
      failed.push({ ...candidate, reason: problem, isPermission: false, isMissing: false });
      continue;
    }
    const agent = connect(candidate.path);
    try {
      return await work(agent);
    } catch (error) {
      if (error instanceof ApiProblem) throw problemFailure(error);
      if (!(error instanceof ApiUnreachable)) throw error;
      const reason = NOT_CONNECTED[error.code];
      if (reason === undefined) throw brokenOff(candidate, error);
      const isPermission = error.code === 'EACCES' || error.code === 'EPERM';
      failed.push({ ...candidate, reason, isPermission, isMissing: error.code === 'ENOENT' || error.code === 'ENOTDIR' });
    } finally {
      agent.close();
    }
  }
  throw notFound(search, failed);
}

interface FailedCandidate extends Candidate {
  readonly reason: string;
  readonly isPermission: boolean;
  readonly isMissing: boolean;
}

function notFound(search: SocketSearch, failed: readonly FailedCandidate[]): Failure {
  const width = Math.max(...failed.map(({ path }) => path.length));
  const lines = failed.map(({ path, from, reason }) => `  ${path.padEnd(width)}  ${reason}${from === 'default' ? '' : ` (from ${from})`}`);
  const skipped = search.skipped.map(({ path }) => path).join(', ');
  if (skipped !== '') lines.push(`  not tried, because ${search.tried[0]?.from} names the one: ${skipped}`);
  const existing = failed.filter(({ isMissing }) => !isMissing);
  const list = `tried in this order:\n${lines.join('\n')}`;
  if (existing.length > 0 && existing.every(({ isPermission }) => isPermission)) {
    return new Failure(
      EXIT.permission,
      `this user may not open the agent's socket; ${list}`,
      `run it as the socket's owner or join its group: ls -l ${existing[0]?.path}`,
    );
  }
  return new Failure(
    EXIT.unreachable,
    `no agent can be reached; ${list}`,
    'start one: quorate agent --dev to try it out, quorate agent --init or --join HOST for a cluster',
  );
}

function brokenOff({ path }: Candidate, error: ApiUnreachable): Failure {
  return new Failure(
    EXIT.unreachable,
    `the agent at ${path} took the connection and did not answer: ${error.message} (${error.code})`,
    'it is ending, stopped or overloaded: look at its log, then try again',
  );
}

function problemFailure({ problem }: ApiProblem): Failure {
  return new Failure(problem.status === 403 ? EXIT.permission : EXIT.failure, problem.detail === '' ? problem.title : problem.detail, problem.hint);
}
