// The library: `import { Agent, connect } from 'quorate'`. Also where the agent and its API are put together, since
// neither may know the other.

import { type AgentHandle, type AgentOptions, type OpenedApi, OperationalError, type RunningAgent, startAgent } from './agent/index.ts';
import { readOnlyPath, usualSockets } from './api/client.ts';
import { ApiServer } from './api/index.ts';

export type { AgentHandle, AgentOptions, Finished, RunningAgent } from './agent/index.ts';
export { OperationalError } from './agent/index.ts';
export { connect } from './api/client.ts';
export type * from './api/contract.ts';

/** Runs in this process: the same agent that `quorate agent` runs. */
export class Agent {
  readonly #running: RunningAgent;

  private constructor(running: RunningAgent) {
    this.#running = running;
  }

  /** `readOptions` is asked again at a reload; without it a reload changes nothing. */
  static async start(options: AgentOptions, readOptions: () => AgentOptions = () => options): Promise<Agent> {
    return new Agent(await startAgent(options, { openApi: serveOnSocket, readOptions }));
  }

  get handle(): AgentHandle {
    return this.#running.handle;
  }

  get socketPath(): string {
    return this.#running.socketPath;
  }

  get events(): AgentHandle['events'] {
    return this.#running.handle.events;
  }

  get finished(): RunningAgent['finished'] {
    return this.#running.finished;
  }

  members(): ReturnType<AgentHandle['view']['members']> {
    const { handle } = this.#running;
    return handle.view.members(handle.nowMs());
  }

  status(): AgentHandle['view'] {
    return this.#running.handle.view;
  }

  /** Leaves the cluster; the agent ends. */
  async leave(): Promise<void> {
    await this.#running.handle.command({ kind: 'leave' });
    await this.#running.finished;
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
