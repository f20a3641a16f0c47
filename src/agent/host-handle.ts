// The handle on a running agent (handle.ts), made of the parts that start.ts put together.

import type { Address, Command, CommandResult, MonotonicMs } from '../core/index.ts';
import type { OpenTransport } from '../transport/index.ts';
import type { HostClock } from './clock.ts';
import type { Driver } from './driver.ts';
import type { EventLog } from './event-log.ts';
import type { AgentHandle } from './handle.ts';
import { type AgentLog, isLogLevel } from './log.ts';
import type { AgentOptions } from './options.ts';
import { planReload } from './reload.ts';
import type { StartDependencies } from './start.ts';
import { PROTOCOL_VERSION, VERSION } from './version.ts';
import type { LeaseRegistry } from './workloads.ts';

export interface HandleParts {
  readonly options: AgentOptions;
  readonly dependencies: Pick<StartDependencies, 'readOptions'>;
  readonly log: AgentLog;
  readonly driver: Driver;
  readonly clock: HostClock;
  readonly events: EventLog;
  readonly opened: OpenTransport;
  readonly isDev: boolean;
  readonly leases: LeaseRegistry;
}

export class Handle implements AgentHandle {
  readonly version = VERSION;
  readonly protocolVersion = PROTOCOL_VERSION;
  readonly isDev: boolean;
  readonly events: EventLog;
  readonly boundAddress: Address;
  readonly leases: LeaseRegistry;
  readonly startedAt: MonotonicMs;
  socketPath = '';
  readonly #parts: HandleParts;
  #options: AgentOptions;

  constructor(parts: HandleParts) {
    this.#parts = parts;
    this.#options = parts.options;
    this.isDev = parts.isDev;
    this.events = parts.events;
    this.leases = parts.leases;
    this.boundAddress = parts.opened.boundAddress;
    this.startedAt = parts.clock.nowMs();
  }

  get view(): AgentHandle['view'] {
    return this.#parts.driver.node;
  }

  get settings(): AgentHandle['settings'] {
    return this.#options.settings;
  }

  nowMs(): MonotonicMs {
    return this.#parts.clock.nowMs();
  }

  bootMs(): number {
    return this.#parts.clock.bootMs();
  }

  wallClockMs(instant: MonotonicMs): number {
    return this.#parts.clock.wallClockMs(instant);
  }

  command(command: Command): Promise<CommandResult> {
    return new Promise((resolve) => this.#parts.driver.command(command, resolve));
  }

  setLogLevel(level: string): CommandResult {
    if (!isLogLevel(level)) return { kind: 'refused', code: 'invalid', message: `there is no log level ${level}` };
    this.#parts.log.setLevel(level);
    return { kind: 'done' };
  }

  async reload(): ReturnType<AgentHandle['reload']> {
    let next: AgentOptions;
    try {
      next = this.#parts.dependencies.readOptions();
    } catch (thrown) {
      // What was configured is wrong: said to whoever asked for the reload, and nothing changes.
      return { changed: [], needsRestart: [], problem: thrown instanceof Error ? thrown.message : String(thrown) };
    }
    const plan = planReload(this.#options, next);
    if (plan.changed.includes('tag')) await this.command({ kind: 'set-tags', tags: next.tags });
    if (plan.changed.includes('log-level')) this.setLogLevel(next.logLevel);
    this.#options = plan.options;
    this.#parts.log.logger.info({ changed: plan.changed, needsRestart: plan.needsRestart }, 'reloaded');
    return { changed: plan.changed, needsRestart: plan.needsRestart, problem: null };
  }

  metrics(): ReadonlyMap<string, number> {
    const { opened, driver, log, leases } = this.#parts;
    const metrics = new Map<string, number>();
    for (const [name, count] of opened.counters) metrics.set(`transport_${metricName(name)}_total`, count);
    for (const [reason, count] of driver.unreadable) metrics.set(`unreadable_${metricName(reason)}_total`, count);
    metrics.set('log_lines_dropped_total', log.droppedCount);
    metrics.set('lease_clients', leases.count);
    metrics.set('lease_clients_holding', leases.holdingCount);
    return metrics;
  }
}

function metricName(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9_]/g, '_');
}
