// The running agent as api/ and the library see it: reading at any time, wishes answered later.

import type { Address, Command, CommandResult, MonotonicMs, NodeView } from '../core/index.ts';
import type { EventLog } from './event-log.ts';
import type { LeaseRegistry } from './workloads.ts';

export interface AgentHandle {
  readonly version: string;
  /** Major version of the wire protocol, for /v1/version. */
  readonly protocolVersion: number;
  readonly isDev: boolean;
  readonly view: NodeView;
  readonly events: EventLog;
  /** The monotone clock that `view` is to be read at. */
  nowMs(): MonotonicMs;
  /** The other clock that a lease is to be read at: it counts suspension (R6). */
  bootMs(): number;
  /** Who runs something under this agent's lease. */
  readonly leases: LeaseRegistry;
  /** The wall clock of an instant of the monotone one, for people to read; decides nothing. */
  wallClockMs(at: MonotonicMs): number;
  readonly startedAt: MonotonicMs;
  /** Settings as they took effect, each with where it came from: for /v1/config. Holds no secret. */
  readonly settings: Readonly<Record<string, { readonly value: unknown; readonly from: string }>>;
  readonly socketPath: string;
  readonly boundAddress: Address;
  command(command: Command): Promise<CommandResult>;
  setLogLevel(level: string): CommandResult;
  /** Reads the configuration file again (tags, log level); the rest needs a restart and is named in the answer. */
  reload(): Promise<{ readonly changed: readonly string[]; readonly needsRestart: readonly string[]; readonly problem: string | null }>;
  /** Numbers for GET /metrics: bare name (`_total` at its end makes it a counter) → value. */
  metrics(): ReadonlyMap<string, number>;
}
