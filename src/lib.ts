// The library: `import { Agent, connect } from 'quorate'`. Also where the agent and its API are put together, since
// neither may know the other.

import {
  type AgentHandle,
  type AgentOptions,
  defaultOptions,
  type OpenedApi,
  OperationalError,
  type RunningAgent,
  type StartOptions,
  startAgent,
} from './agent/index.ts';

import { connect, type EventsFilter, readOnlyPath, usualSockets } from './api/client.ts';
import type { EventJson, MembersJson, StatusJson } from './api/contract.ts';
import { ApiServer, membersJson, statusJson } from './api/index.ts';

export type { AgentHandle, AgentOptions, Finished, RunningAgent, StartOptions } from './agent/index.ts';
export { OperationalError } from './agent/index.ts';
export { ApiProblem, ApiUnreachable, type Client, connect, type EventsFilter, type MembersFilter } from './api/client.ts';
export type * from './api/contract.ts';

/** Runs in this process: the same agent that `quorate agent` runs. Reading it gives what `connect` gives, without a wait. */
export class Agent {
  readonly #running: RunningAgent;

  private constructor(running: RunningAgent) {
    this.#running = running;
  }

  /** Whatever is not given has its default; without seeds it is a dev agent. Throws an OperationalError when it cannot start. */
  static async start(options: StartOptions = {}): Promise<Agent> {
    const all = defaultOptions(options);
    return Agent.startWith(all, () => all);
  }

  /** With all options, checked already; `readOptions` is asked again at a reload. */
  static async startWith(options: AgentOptions, readOptions: () => AgentOptions): Promise<Agent> {
    return new Agent(await startAgent(options, { openApi: serveOnSocket, readOptions }));
  }

  get handle(): AgentHandle {
    return this.#running.handle;
  }

  get socketPath(): string {
    return this.#running.socketPath;
  }

  /** Resolves when the agent has ended, for whatever reason. */
  get finished(): RunningAgent['finished'] {
    return this.#running.finished;
  }

  status(): StatusJson {
    return statusJson(this.handle, this.handle.nowMs(), this.socketPath);
  }

  members(): MembersJson {
    const { view } = this.handle;
    return membersJson(this.handle, view.members(this.handle.nowMs()));
  }

  /** First those that are kept, then each as it happens, until the agent ends. */
  events(filter: EventsFilter = {}): AsyncGenerator<EventJson, void, undefined> {
    return connect(this.socketPath).events(filter);
  }

  /** Leaves the cluster; the agent ends. */
  async leave(): Promise<void> {
    await this.handle.command({ kind: 'leave' });
    await this.finished;
  }

  /** Stops without leaving: it is expected back. */
  stop(): Promise<void> {
    return this.#running.stop();
  }
}

async function serveOnSocket(handle: AgentHandle, wished: string | null): Promise<OpenedApi> {
  const uid = process.getuid?.() ?? 0;
  const usual = usualSockets(process.env, uid);
  // After the usual places, one of this agent's own, for a host with several agents.
  const candidates = wished !== null ? [wished] : [...usual, `/tmp/quorate-${uid}/quorate-${handle.view.name}-${process.pid}.sock`];
  const admin = new ApiServer(handle, { access: 'admin' });
  const socketPath = await listenOnFirst(admin, candidates);
  const readOnly = new ApiServer(handle, { access: 'read-only' });
  try {
    await readOnly.listen(readOnlyPath(socketPath));
  } catch (thrown) {
    await admin.close();
    throw thrown;
  }
  return {
    socketPath,
    close: async () => {
      await Promise.all([admin.close(), readOnly.close()]);
    },
  };
}

async function listenOnFirst(server: ApiServer, candidates: readonly string[]): Promise<string> {
  for (const [i, path] of candidates.entries()) {
    try {
      await server.listen(path);
      return path;
    } catch (thrown) {
      const isLast = i === candidates.length - 1;
      if (isLast || !(thrown instanceof OperationalError)) throw thrown;
    }
  }
  throw new OperationalError('socket-unusable', 'there is no place for a socket', 'name one: --socket PATH');
}
