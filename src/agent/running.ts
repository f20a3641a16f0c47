// A started agent as its process sees it: how to reach it, when it is over, how to end it.

import type { AgentHandle } from './handle.ts';

export interface RunningAgent {
  readonly handle: AgentHandle;
  readonly socketPath: string;
  /** Resolves once, when the agent has ended for whatever reason: 0 after a stop or a leave. Everything is closed by then. */
  readonly finished: Promise<Finished>;
  /** Says `stopped` to the peers, writes the clean state and closes; `finished` resolves after it. Calling it again changes nothing. */
  stop(): Promise<void>;
}

export interface Finished {
  readonly code: number;
  /** Why, when the code is not 0: one sentence for the operator; empty after a clean end. */
  readonly message: string;
  /** What to do about it; may be empty. */
  readonly hint: string;
}
