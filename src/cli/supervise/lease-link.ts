// The connection of a supervisor to its agent: a stream that tells of grants and revocations, and questions whose answers say how
// long the lease still holds (deadline.ts says why only they do). It goes on trying while no agent answers, for the agent may be
// started anew; whether the child may go on meanwhile is the supervisor's, which needs nothing from here to end it.

import { ApiProblem, type Client } from '../../api/client.ts';
import type { LeaseHeldJson, LeaseLineJson, LeaseNotHeldJson, LeaseScopeJson } from '../../api/contract.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import { type Clocks, type Moment, momentOf } from './deadline.ts';
import type { Supervisor } from './supervisor.ts';

/** One agent of the search order, connected to by path. */
export interface LinkedAgent {
  readonly socketPath: string;
  lease(scope: LeaseScopeJson, client: string | null, signal: AbortSignal): AsyncIterable<LeaseLineJson>;
}

export interface LinkParts {
  readonly scope: LeaseScopeJson;
  readonly clocks: Clocks;
  readonly supervisor: Pick<Supervisor, 'held' | 'lost' | 'phase'>;
  /** Runs `work` with the first agent that can be connected to; a Failure says why there is none. */
  readonly withAgent: (work: (agent: LinkedAgent) => Promise<void>) => Promise<void>;
  readonly connect: (socketPath: string, timeoutMs: number) => Pick<Client, 'request'>;
  readonly after: (ms: number, callback: () => void) => () => void;
  /** The terms of the agent's cluster, once they are known: the place to refuse what does not fit them. */
  readonly onTerms: (terms: { readonly stopMs: number; readonly socketPath: string }) => void;
  /** Why there is no child yet, when that changes. A Failure: what stands in the way, and what to do. */
  readonly onWaiting: (reason: string | Failure) => void;
}

const TRY_AGAIN_MS = 100;
/** Questions within the length of a lease. */
const QUESTIONS_PER_LEASE = 6;
const REPORT_TIMEOUT_MS = 500;

export class LeaseLink {
  readonly #parts: LinkParts;
  readonly #closing = new AbortController();
  /** Ends the present stream. */
  #stream = new AbortController();
  #client: string | null = null;
  #socketPath: string | null = null;
  #fenceMs = 0;
  #isAsking = false;
  #cancelQuestion: () => void = () => {};

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  /** Runs until closed; throws a Failure when time will not help. */
  async follow(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#parts.withAgent((agent) => this.#read(agent));
      } catch (error) {
        if (!(error instanceof Failure) || error.exitCode !== EXIT.unreachable) throw error;
        this.#wait(error);
      }
      if (!this.#isClosed) await this.#pause(TRY_AGAIN_MS);
    }
  }

  /** The child is dead, or there was none: the agent may count on it. Best effort, for a fence must not hang on this process. */
  async ended(): Promise<void> {
    this.close();
    await this.#report();
  }

  close(): void {
    this.#cancelQuestion();
    this.#closing.abort();
    this.#stream.abort();
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #read(agent: LinkedAgent): Promise<void> {
    this.#stream = new AbortController();
    if (this.#isClosed) return;
    try {
      for await (const line of agent.lease(this.#parts.scope, this.#client, this.#stream.signal)) {
        this.#socketPath = agent.socketPath;
        this.#client = line.client;
        this.#fenceMs = line.fenceMs;
        this.#parts.onTerms({ stopMs: line.stopMs, socketPath: agent.socketPath });
        await this.#hear(line);
      }
    } catch (error) {
      // Too many at the moment; any other refusal stays one.
      if (!(error instanceof ApiProblem) || error.status !== 503) throw error;
      this.#wait(error.message);
    }
  }

  async #hear(line: LeaseLineJson): Promise<void> {
    if (isHeld(line)) this.#ask();
    else await this.#notHeld(line);
  }

  async #notHeld({ type, reason, node }: LeaseNotHeldJson): Promise<void> {
    const { supervisor } = this.#parts;
    if (supervisor.phase === 'running') {
      supervisor.lost(type === 'revoke' ? reason : `the agent of ${node} was started anew`);
      return;
    }
    if (supervisor.phase !== 'waiting') return;
    this.#wait(reason);
    if (type === 'wait') return;
    // Granted and taken back before a child was started: the agent must not wait for the end of one.
    await this.#report();
    this.#client = null;
    this.#stream.abort();
  }

  #wait(reason: string | Failure): void {
    if (this.#parts.supervisor.phase === 'waiting') this.#parts.onWaiting(reason);
  }

  /** Asks now, and again as long as there is a lease to keep; one question at a time. */
  #ask(): void {
    if (this.#isAsking || this.#isClosed || this.#socketPath === null || this.#client === null) return;
    this.#isAsking = true;
    this.#cancelQuestion();
    const everyMs = this.#fenceMs / QUESTIONS_PER_LEASE;
    const sentAt = momentOf(this.#parts.clocks);
    void this.#parts
      .connect(this.#socketPath, 2 * everyMs)
      .request('POST', '/v1/lease/renew', { client: this.#client })
      .then(
        ({ status, body }) => this.#answered(status, body, sentAt),
        // Silent or gone: the supervisor's deadline goes on.
        () => {},
      )
      .finally(() => {
        this.#isAsking = false;
        if (!this.#isClosed && this.#parts.supervisor.phase === 'running')
          this.#cancelQuestion = this.#parts.after(everyMs, () => this.#ask());
      });
  }

  #answered(status: number, body: string, sentAt: Moment): void | Promise<void> {
    if (this.#isClosed) return;
    if (status === 404) {
      this.#parts.supervisor.lost('the agent does not know this lease any more: it was started anew');
      this.#client = null;
      this.#stream.abort();
      return;
    }
    const line = status === 200 ? lineOf(body) : null;
    if (line === null) return;
    if (!isHeld(line)) return this.#notHeld(line);
    this.#parts.supervisor.held(line, sentAt);
  }

  async #report(): Promise<void> {
    if (this.#socketPath === null || this.#client === null) return;
    const asked = this.#parts.connect(this.#socketPath, REPORT_TIMEOUT_MS).request('POST', '/v1/lease/ended', { client: this.#client });
    await asked.catch(() => {});
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#closing;
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = this.#parts.after(ms, done);
      signal.addEventListener('abort', done);
    });
  }
}

function isHeld(line: LeaseLineJson): line is LeaseHeldJson {
  return line.type === 'grant' || line.type === 'renew';
}

/** Null for what is no answer: the next one may be. */
function lineOf(body: string): LeaseLineJson | null {
  try {
    return JSON.parse(body) as LeaseLineJson;
  } catch {
    return null;
  }
}
