// Puts a real agent together, in the order in which it may fail with the least harm: settings, state directory and its
// lock, sockets, node, API. Takes it apart in the reverse order. Rules are the core's; what fails here is the machine.

import {
  type Address,
  type Command,
  type CommandResult,
  createNode,
  type Facts,
  factsProblem,
  type MonotonicMs,
  portOf,
} from '../core/index.ts';
import { type OpenTransport, openTransport, TransportError } from '../transport/index.ts';
import { chooseAdvertised } from './advertise.ts';
import { SYSTEM_CHANCE } from './chance.ts';
import { HostClock, HostTimer } from './clock.ts';
import { Driver } from './driver.ts';
import { EventLog } from './event-log.ts';
import type { AgentHandle } from './handle.ts';
import { decideIdentity } from './identity.ts';
import { type AgentLog, isLogLevel, openLog } from './log.ts';
import { OperationalError } from './operational-error.ts';
import type { AgentOptions } from './options.ts';
import { planReload } from './reload.ts';
import { HostResolver } from './resolver.ts';
import type { Finished, RunningAgent } from './running.ts';
import { chooseStateDir, type OpenState, openState } from './state-dir.ts';
import { PROTOCOL_VERSION, VERSION } from './version.ts';

export interface OpenedApi {
  readonly socketPath: string;
  close(): Promise<void>;
}

/** What the agent must not know of itself: the layers above it. */
export interface StartDependencies {
  /** Serves the handle on a Unix socket: on `wished`, or on the first of the usual places that is free. */
  openApi(handle: AgentHandle, wished: string | null): Promise<OpenedApi>;
  /** Reads flags, environment and file again; throws an Error whose message is for the operator. */
  readOptions(): AgentOptions;
}

/** A stop that is not through by then ends all the same: peers will see the silence. */
const STOP_TIMEOUT_MS = 5000;
const RELEASE_TIMEOUT_MS = 2000;

/** Throws an OperationalError when the machine does not let it start; nothing is left behind then. */
export async function startAgent(options: AgentOptions, dependencies: StartDependencies): Promise<RunningAgent> {
  if (!isLogLevel(options.logLevel)) throw new OperationalError('usage', `there is no log level ${options.logLevel}`, 'use info or debug');
  const log = await openLog({ level: options.logLevel });
  const undo: (() => Promise<unknown>)[] = [() => log.close()];
  try {
    return await assemble(options, dependencies, log, undo);
  } catch (thrown) {
    for (const step of undo.reverse()) await step();
    throw thrown;
  }
}

async function assemble(
  options: AgentOptions,
  dependencies: StartDependencies,
  log: AgentLog,
  undo: (() => Promise<unknown>)[],
): Promise<RunningAgent> {
  const { logger } = log;
  const isDev = options.start.kind === 'dev';
  const state = await openState(chooseStateDir(options.stateDir, isDev, process.env, process.getuid?.() === 0));
  undo.push(() => state.close());
  const wishes = { start: options.start, hasSeeds: options.seeds.length > 0, clusterName: options.clusterName, profile: options.profile };
  const { identity, isCreation, overruled } = decideIdentity(wishes, state.loaded, SYSTEM_CHANCE, Date.now());

  const opened = await bind(options, log);
  undo.push(() => opened.close());
  const resolver = new HostResolver();
  const bound = { host: options.bind.host, port: portOf(opened.boundAddress) };
  const advertised = await chooseAdvertised({ advertise: options.advertise, bound, seeds: options.seeds, resolver });

  const clock = new HostClock();
  const facts: Facts = {
    name: options.name,
    address: advertised.address,
    meta: {
      version: 0,
      restarts: identity.incarnation - identity.bornIncarnation,
      zone: options.zone,
      software: VERSION,
      canVote: options.canVote && !(isDev && options.seeds.length > 0),
      tags: options.tags,
    },
  };
  const factsWrong = factsProblem(facts);
  if (factsWrong !== null) throw new OperationalError('usage', factsWrong, 'give it another value; no peer would accept this one');
  const node = createNode({ ...identity, facts, seeds: options.seeds, knownPeers: state.peers.addresses }, clock.nowMs());
  const events = new EventLog(identity.incarnation - identity.bornIncarnation);

  const ending = new Ending(log, state, opened);
  const driver = new Driver(node, {
    clock,
    timer: new HostTimer(clock),
    transport: opened.transport,
    store: state.store,
    resolver,
    onEvent: ({ type, member, incarnation, address, reason }) => {
      events.append({ timeMs: Date.now(), type, member, incarnation, address, reason });
      logger.info({ event: type, member, incarnation, address, reason }, type);
    },
    onExit: (reason, message) =>
      void ending.end({
        code: reason === 'left' || reason === 'stopped' ? 0 : 1,
        message: reason === 'left' || reason === 'stopped' ? '' : message,
        hint: hintFor(reason),
      }),
  });
  undo.push(async () => driver.halt());

  const handle = new Handle({ options, dependencies, log, driver, clock, events, opened, isDev });
  const api = await dependencies.openApi(handle, options.socketPath);
  handle.socketPath = api.socketPath;
  ending.api = api;

  logger.info(
    { name: options.name, id: identity.id, incarnation: identity.incarnation, version: VERSION, node: process.versions.node },
    'starting',
  );
  logger.info({ bound: opened.boundAddress, advertised: advertised.address, reason: advertised.reason }, 'address-chosen');
  logger.info({ socket: api.socketPath, stateDir: state.dir }, 'listening');
  if (isCreation) logger.info({ clusterId: identity.clusterId, profile: identity.profile }, 'cluster-created');
  for (const sentence of overruled.filter((_, i) => isTyped(options, i === 0 ? 'cluster' : 'profile')))
    logger.warn({ reason: sentence }, 'setting-overruled');
  if (state.peers.warning !== null) logger.warn({ reason: state.peers.warning }, 'peers-cache-ignored');
  driver.start();

  return {
    handle,
    socketPath: api.socketPath,
    finished: ending.finished,
    stop: async () => {
      if (!ending.isEnding) {
        const timeout = setTimeout(() => {
          driver.halt();
          void ending.end({ code: 0, message: '', hint: '' });
        }, STOP_TIMEOUT_MS);
        driver.command({ kind: 'stop' }, () => {});
        await ending.finished;
        clearTimeout(timeout);
      }
      await ending.finished;
    },
  };
}

async function bind(options: AgentOptions, log: AgentLog): Promise<OpenTransport> {
  try {
    return await openTransport(options.bind, (problem) =>
      log.logger.warn(problem, problem.kind === 'lost' ? 'socket-lost' : 'socket-restored'),
    );
  } catch (thrown) {
    if (!(thrown instanceof TransportError)) throw thrown;
    const what = `cannot listen on ${thrown.protocol.toUpperCase()} ${thrown.address}`;
    switch (thrown.code) {
      case 'EADDRINUSE':
        throw new OperationalError(
          'address-in-use',
          `${what}: another program has this port`,
          `choose another by --bind ADDR:PORT, or see who has it: ss -lunpt 'sport = :${options.bind.port}'`,
          { cause: thrown },
        );
      case 'EACCES':
        throw new OperationalError(
          'permission-denied',
          `${what}: this user may not use the port`,
          'choose a port above 1023 by --bind ADDR:PORT',
          { cause: thrown },
        );
      case 'EADDRNOTAVAIL':
        throw new OperationalError(
          'address-unavailable',
          `${what}: this host has no such address`,
          'see the addresses there are with: ip addr; then --bind one of them',
          { cause: thrown },
        );
      default:
        throw new OperationalError('address-unavailable', `${what}: ${thrown.code}`, 'choose another by --bind ADDR:PORT', {
          cause: thrown,
        });
    }
  }
}

/** Whether the operator said so, or it is only a default. */
function isTyped(options: AgentOptions, setting: string): boolean {
  return options.settings[setting]?.from !== 'default';
}

function hintFor(reason: string): string {
  switch (reason) {
    case 'name-clash':
      return 'give one of them another name: --name NAME';
    case 'superseded':
      return 'each host needs a state directory of its own: on this one, delete it (a new id is drawn) or name another by --state-dir DIR';
    case 'two-clusters':
      return 'name seeds of one cluster only';
    case 'storage':
      return 'make room or mend the disk, then start it again: it goes on with what was written last';
    default:
      return '';
  }
}

/** Takes everything apart once, whatever the cause. */
class Ending {
  readonly finished: Promise<Finished>;
  api: OpenedApi | null = null;
  isEnding = false;
  readonly #log: AgentLog;
  readonly #state: OpenState;
  readonly #opened: OpenTransport;
  #resolve: (finished: Finished) => void = () => {};

  constructor(log: AgentLog, state: OpenState, opened: OpenTransport) {
    this.#log = log;
    this.#state = state;
    this.#opened = opened;
    this.finished = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  async end(finished: Finished): Promise<void> {
    if (this.isEnding) return;
    this.isEnding = true;
    if (finished.code === 0) this.#log.logger.info({}, 'ended');
    else this.#log.logger.error({ reason: finished.message }, 'ended');
    await this.api?.close();
    await this.#opened.close();
    await Promise.race([this.#state.close(), new Promise((resolve) => setTimeout(resolve, RELEASE_TIMEOUT_MS).unref())]);
    await this.#log.close();
    this.#resolve(finished);
  }
}

interface HandleParts {
  readonly options: AgentOptions;
  readonly dependencies: StartDependencies;
  readonly log: AgentLog;
  readonly driver: Driver;
  readonly clock: HostClock;
  readonly events: EventLog;
  readonly opened: OpenTransport;
  readonly isDev: boolean;
}

class Handle implements AgentHandle {
  readonly version = VERSION;
  readonly protocolVersion = PROTOCOL_VERSION;
  readonly isDev: boolean;
  readonly events: EventLog;
  readonly boundAddress: Address;
  readonly startedAt: MonotonicMs;
  socketPath = '';
  readonly #parts: HandleParts;
  #options: AgentOptions;

  constructor(parts: HandleParts) {
    this.#parts = parts;
    this.#options = parts.options;
    this.isDev = parts.isDev;
    this.events = parts.events;
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
    const { opened, driver, log } = this.#parts;
    const metrics = new Map<string, number>();
    for (const [name, count] of opened.counters) metrics.set(`transport_${metricName(name)}_total`, count);
    for (const [reason, count] of driver.unreadable) metrics.set(`unreadable_${metricName(reason)}_total`, count);
    metrics.set('log_lines_dropped_total', log.droppedCount);
    return metrics;
  }
}

function metricName(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9_]/g, '_');
}
