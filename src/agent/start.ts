// Puts a real agent together, in the order in which it may fail with the least harm: settings, state directory and its
// lock, sockets, node, API. Takes it apart in the reverse order. Rules are the core's; what fails here is the machine.

import { type CoreEvent, createNode, type Facts, factsProblem, portOf } from '../core/index.ts';
import { type OpenTransport, openTransport, TransportError } from '../transport/index.ts';
import { chooseAdvertised } from './advertise.ts';
import { SYSTEM_CHANCE } from './chance.ts';
import { HostClock, HostTimer } from './clock.ts';
import { chooseStateDir } from './defaults.ts';
import { Driver } from './driver.ts';
import { EventLog } from './event-log.ts';
import { eventRecord } from './event-record.ts';
import { FenceWork } from './fence-work.ts';
import type { AgentHandle } from './handle.ts';
import type { Hooks } from './hooks.ts';
import { Handle } from './host-handle.ts';
import { decideIdentity } from './identity.ts';
import { type AgentLog, isLogLevel, openLog } from './log.ts';
import { openHooks } from './open-hooks.ts';
import { OperationalError } from './operational-error.ts';
import type { AgentOptions } from './options.ts';
import type { Store } from './ports.ts';
import { HostResolver } from './resolver.ts';
import type { Finished, RunningAgent } from './running.ts';
import { type OpenState, openState } from './state-dir.ts';
import { VERSION } from './version.ts';
import { LeaseRegistry } from './workloads.ts';

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

/** A stop that is not through by then, T_stop for the children aside, ends all the same: peers will see the silence. */
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
  const surroundings = { wallClockMs: Date.now(), bootId: state.bootId };
  const wishes = { ...options, stateDir: state.dir, hasSeeds: options.seeds.length > 0 };
  const { identity, isCreation, overruled } = decideIdentity(wishes, state.loaded, SYSTEM_CHANCE, surroundings);

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
      canVote: options.canVote && !isEphemeral(options),
      tags: options.tags,
    },
  };
  const factsWrong = factsProblem(facts);
  if (factsWrong !== null) throw new OperationalError('usage', factsWrong, 'give it another value; no peer would accept this one');
  const { seeds, canLead } = options;
  const node = createNode({ ...identity, facts, seeds, canLead, knownPeers: state.peers.addresses }, clock.nowMs());
  const events = new EventLog(identity.incarnation - identity.bornIncarnation);

  const leases = new LeaseRegistry({ clock, view: () => node, drawId: SYSTEM_CHANCE.hex32, after });
  const hooks = openHooks(options.hooks, { clock, view: () => node, socketPath: () => handle.socketPath, logger });
  const ending = new Ending(log, state, opened, leases, hooks);
  const first = firstWrite(state.store);
  const driver = new Driver(node, {
    clock,
    timer: new HostTimer(clock),
    transport: opened.transport,
    store: first.store,
    resolver,
    workloads: new FenceWork(leases, hooks, () => node),
    onEvent: (event) => onEvent(event),
    onExit: (reason, message) =>
      void ending.end({
        code: reason === 'left' || reason === 'stopped' ? 0 : 1,
        message: reason === 'left' || reason === 'stopped' ? '' : message,
        hint: hintFor(reason),
      }),
  });
  undo.push(async () => driver.halt());

  const onEvent = (event: CoreEvent): void => {
    const record = eventRecord(event, options.name);
    const { type, ...facts } = record;
    const { timeMs, id } = events.append({ timeMs: Date.now(), ...record });
    logger.info({ event: type, ...facts }, type);
    leases.look();
    hooks.tell({ id, time: new Date(timeMs).toISOString(), ...record });
  };
  const handle = new Handle({ options, dependencies, log, driver, clock, events, opened, isDev, leases });
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
  for (const { setting, sentence } of overruled) if (isTyped(options, setting)) logger.warn({ reason: sentence }, 'setting-overruled');
  if (identity.mustStaySilent) logger.warn({ silentMs: node.timings.failMs }, 'silent-after-unclean-exit');
  if (state.peers.warning !== null) logger.warn({ reason: state.peers.warning }, 'peers-cache-ignored');
  driver.start();
  hooks.sync();
  await Promise.race([first.isDone, ending.finished]);

  return {
    handle,
    socketPath: api.socketPath,
    finished: ending.finished,
    stop: async () => {
      if (!ending.isEnding) {
        const timeout = setTimeout(() => {
          driver.halt();
          void ending.end({ code: 0, message: '', hint: '' });
        }, STOP_TIMEOUT_MS + node.timings.stopMs);
        driver.command({ kind: 'stop' }, () => {});
        await ending.finished;
        clearTimeout(timeout);
      }
      await ending.finished;
    },
  };
}

/** Who has started an agent may read it at once: its own life begins with the first write. */
function firstWrite(inner: Store): { readonly store: Store; readonly isDone: Promise<void> } {
  let end: () => void = () => {};
  const isDone = new Promise<void>((resolve) => {
    end = resolve;
  });
  const save: Store['save'] = (durable, done) =>
    inner.save(durable, (problem) => {
      done(problem);
      end();
    });
  return { store: { save, rememberPeers: (addresses) => inner.rememberPeers(addresses) }, isDone };
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
    case 'rolled-back':
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
  readonly #leases: LeaseRegistry;
  readonly #hooks: Hooks;
  #resolve: (finished: Finished) => void = () => {};

  constructor(log: AgentLog, state: OpenState, opened: OpenTransport, leases: LeaseRegistry, hooks: Hooks) {
    this.#log = log;
    this.#state = state;
    this.#opened = opened;
    this.#leases = leases;
    this.#hooks = hooks;
    this.finished = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  async end(finished: Finished): Promise<void> {
    if (this.isEnding) return;
    this.isEnding = true;
    if (finished.code === 0) this.#log.logger.info({}, 'ended');
    else this.#log.logger.error({ reason: finished.message }, 'ended');
    await this.#hooks.close();
    await this.api?.close();
    this.#leases.close();
    await this.#opened.close();
    await Promise.race([this.#state.close(), new Promise((resolve) => setTimeout(resolve, RELEASE_TIMEOUT_MS).unref())]);
    await this.#log.close();
    this.#resolve(finished);
  }
}

function after(ms: number, callback: () => void): () => void {
  const timeout = setTimeout(callback, ms);
  return () => clearTimeout(timeout);
}

/** A voter must remember what it promised (R14): one that came to try out an existing cluster and keeps nothing never votes. */
function isEphemeral({ start, seeds, stateDir }: AgentOptions): boolean {
  return start.kind === 'dev' && seeds.length > 0 && stateDir === null;
}
