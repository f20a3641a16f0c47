// One machine: an address, clocks, a disk, at most one running process of the agent, and two of `quorate run` beside it.
// Rule kept: each start is a new run with a new nonce; its incarnation is the disk's + 1, or the wall clock's on an empty disk.
// A crash takes the agent alone, a loss of power everything; a suspended machine stands still but for its uptime.
// When a host starts, crashes or is cut off is decided by scenes and faults.

import type { Resolver, StopWish, Transport, Workloads } from '../agent/ports.ts';
import {
  type Address,
  assert,
  type ClusterId,
  type CoreEvent,
  clusterId,
  type Directory,
  type DurableState,
  type Effect,
  type ExitReason,
  genesis,
  type Input,
  incarnation,
  type MonotonicMs,
  type Node,
  type NodeId,
  type NodeOptions,
  nodeId,
  PROFILES,
  type ProfileName,
  type Random,
  type RunNonce,
  runNonce,
} from '../core/index.ts';
import type { Disk } from './disk.ts';
import type { HostClock } from './host-clock.ts';
import { ObservedNode } from './observed-node.ts';
import { AgentProcess } from './process.ts';
import type { Scheduler } from './scheduler.ts';
import { type Child, type Grant, Supervisor } from './supervisor.ts';
import type { TraceKind } from './trace.ts';

/** How the agent on this host is started; kept for later starts. */
export interface Launch {
  readonly name: string;
  /** True founds a cluster if the disk is empty (`--init`). */
  readonly isFounder: boolean;
  readonly seeds: readonly string[];
  /** `--expect N` on an empty disk. */
  readonly expect?: number;
  /** `--profile`; a record overrules it. */
  readonly profile?: ProfileName;
  readonly zone?: string;
  /** `--no-vote`, `--no-lead`. */
  readonly canVote?: boolean;
  readonly canLead?: boolean;
}

/** R11, the agent's default. */
export const REPLACE_AFTER_MS = 600_000;
/** Between a child's end and the agent's knowledge of it. */
const REAP_MS = 0.2;

export interface Identity {
  readonly id: NodeId;
  readonly name: string;
  readonly host: Host;
  /** Of the world; null while a process lives under this id. */
  goneSinceMs: number | null;
}

/** What a host needs of the world it stands in. */
export interface HostWorld {
  readonly scheduler: Scheduler;
  readonly profile: ProfileName;
  readonly maxVoters: number;
  readonly isWorst: boolean;
  /** Whether something runs under each lease. */
  readonly hasWorkloads: boolean;
  readonly createNode: (options: NodeOptions, now: MonotonicMs) => Node;
  readonly directory: Directory;
  readonly resolver: Resolver;
  open(host: Host): Transport;
  identify(id: NodeId, name: string, host: Host): Identity;
  trace(host: Host, kind: TraceKind, content: number): void;
  stepped(host: Host, input: Input, effects: readonly Effect[]): void;
  started(host: Host): void;
  told(host: Host, event: CoreEvent): void;
  ended(host: Host, end: End): void;
  childStarted(host: Host, child: Child): void;
  childEnded(host: Host, child: Child): void;
}

export type End = { readonly kind: 'killed' } | { readonly kind: 'exited'; readonly reason: ExitReason; readonly message: string };

export class Host {
  readonly index: number;
  /** Of the machine; the agent's own is in its launch, and two hosts may be given the same of those. */
  readonly name: string;
  readonly clock: HostClock;
  readonly disk: Disk;
  readonly #world: HostWorld;
  readonly #random: Random;
  address: Address;
  launch: Launch;
  #process: AgentProcess | null = null;
  #identity: Identity | null = null;
  #nonce: RunNonce | null = null;
  readonly #supervisors: readonly Supervisor[];
  #hasRebooted = false;
  #isSuspended = false;
  /** Since when the present process has run without a pause, on the world's clock. */
  runningSinceMs = 0;
  /** How many faults keep it from being started. */
  heldDownCount = 0;
  /** Started again whenever it has ended, however cleanly: the operator wanted it back. */
  isWantedUp = false;
  /** Set by whoever gives two ids one name, or one host a second id: only then may it exit for a name clash. */
  mayClash = false;
  /** An operator may force it into a cluster of its own. */
  mayRecover = false;
  /** Shares its id with another host, or its disk was put back to an older state: what it says may contradict what was said. */
  isCopy = false;
  startCount = 0;
  moveCount = 0;

  constructor(
    index: number,
    name: string,
    address: Address,
    launch: Launch,
    parts: { clock: HostClock; disk: Disk; world: HostWorld; random: Random },
  ) {
    this.index = index;
    this.name = name;
    this.address = address;
    this.launch = launch;
    this.clock = parts.clock;
    this.disk = parts.disk;
    this.#world = parts.world;
    this.#random = parts.random;
    this.#supervisors = parts.world.hasWorkloads
      ? (['quorate', 'leader'] as const).map((scope) => this.#supervisor(scope, parts.random))
      : [];
  }

  get process(): AgentProcess | null {
    return this.#process;
  }

  get isRunning(): boolean {
    return this.#process !== null && !this.#process.isPaused;
  }

  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  /** What runs under a lease here, in whatever life. */
  get children(): readonly Child[] {
    return this.#supervisors.flatMap((supervisor) => supervisor.child ?? []);
  }

  /** Of the present run; of the last one while none is up. */
  get identity(): Identity {
    assert(this.#identity !== null, `${this.name} has been started`);
    return this.#identity;
  }

  get nonce(): RunNonce {
    assert(this.#nonce !== null, `${this.name} has been started`);
    return this.#nonce;
  }

  start(): void {
    assert(this.#process === null, `${this.name} is not running yet`);
    const world = this.#world;
    const options = this.#nodeOptions(this.disk.durable);
    this.#nonce = options.nonce;
    this.#identity = world.identify(options.id, this.name, this);
    this.#identity.goneSinceMs = null;
    this.runningSinceMs = world.scheduler.nowMs;
    this.startCount += 1;
    const node = new ObservedNode(world.createNode(options, this.clock.nowMs()), (input, effects) => world.stepped(this, input, effects));
    this.#process = new AgentProcess(node, {
      scheduler: world.scheduler,
      clock: this.clock,
      transport: world.open(this),
      store: this.disk,
      resolver: world.resolver,
      workloads: this.#workloads,
      lateMs: this.#lateMs,
      trace: (kind, content) => world.trace(this, kind, content),
      onEvent: (event) => world.told(this, event),
      onExit: (reason, message) => this.#end({ kind: 'exited', reason, message }),
    });
    world.trace(this, 'process-start', this.startCount);
    world.started(this);
    this.#process.start();
  }

  /** kill −9, or the power: with the disk as it stands. */
  crash(): void {
    if (this.#process === null) return;
    this.#process.kill();
    this.#end({ kind: 'killed' });
  }

  /** The power: agent and workloads are gone, and whoever starts next knows it. */
  losePower(): void {
    for (const supervisor of this.#supervisors) supervisor.vanish();
    this.#hasRebooted = true;
    this.crash();
  }

  /** SIGSTOP: the agent alone. */
  pause(): void {
    this.#process?.pause();
  }

  /** The whole machine; its uptime goes on. */
  suspend(): void {
    this.#isSuspended = true;
    this.clock.freeze();
    for (const supervisor of this.#supervisors) supervisor.freeze();
    this.pause();
  }

  wake(): void {
    if (!this.#isSuspended) return;
    this.#isSuspended = false;
    this.clock.thaw();
    for (const supervisor of this.#supervisors) supervisor.thaw();
    this.resume();
  }

  resume(): void {
    if (this.#process === null || !this.#process.isPaused || this.#isSuspended) return;
    this.runningSinceMs = this.#world.scheduler.nowMs;
    this.#process.resume();
  }

  /** The state directory is lost. A founder comes back as one that joins: its cluster lives on elsewhere. */
  wipe(): void {
    if (this.disk.durable !== null) this.launch = { ...this.launch, isFounder: false };
    this.mayClash = true;
    this.disk.wipe();
  }

  #end(end: End): void {
    this.disk.crash();
    this.#process = null;
    this.identity.goneSinceMs = this.#world.scheduler.nowMs;
    this.#world.trace(this, 'process-end', 0);
    this.#world.ended(this, end);
  }

  #nodeOptions(durable: DurableState | null): NodeOptions {
    const random = this.#random;
    const lives = incarnation(durable === null ? this.clock.wallNowMs() : durable.incarnation + 1);
    const born = durable === null ? lives : durable.bornIncarnation;
    const mustStaySilent = durable !== null && !durable.isClean && !this.#hasRebooted;
    this.#hasRebooted = false;
    const id = durable === null ? nodeId(random.hex32()) : durable.id;
    const storeId = durable === null ? random.hex32() : durable.storeId;
    const { profile, maxVoters } = this.#world;
    const isFounding = this.launch.isFounder && (durable === null || durable.clusterId === null);
    return {
      id,
      storeId,
      nonce: runNonce(random.hex32()),
      incarnation: lives,
      bornIncarnation: born,
      clusterName: 'sim',
      clusterId: this.#clusterId(durable),
      profile: durable !== null && durable.clusterId !== null ? durable.profile : (this.launch.profile ?? profile),
      facts: {
        name: this.launch.name,
        address: this.address,
        meta: {
          version: 0,
          restarts: lives - born,
          zone: this.launch.zone ?? '',
          software: 'sim',
          canVote: this.launch.canVote ?? true,
          tags: [],
        },
      },
      seeds: this.launch.seeds,
      knownPeers: this.disk.peers,
      writeCount: durable === null ? 0 : durable.writeCount,
      previous: durable === null ? null : { incarnation: durable.incarnation, nonce: durable.nonce, isClean: durable.isClean },
      record: isFounding ? genesis([{ id, storeId }], profile, maxVoters, REPLACE_AFTER_MS) : (durable?.record ?? null),
      acceptor: durable?.acceptor ?? null,
      vote: durable?.vote ?? null,
      lastFence: durable?.fence ?? null,
      mustStaySilent,
      maxVoters,
      expect: this.launch.expect ?? null,
      canLead: this.launch.canLead ?? true,
      randomSeed: random.uint32(),
      directory: this.#world.directory,
    };
  }

  #supervisor(scope: Child['scope'], random: Random): Supervisor {
    const world = this.#world;
    return new Supervisor(scope, {
      scheduler: world.scheduler,
      clock: this.clock,
      random,
      timings: PROFILES[world.profile],
      isWorst: () => world.isWorst,
      ask: this.#ask,
      onStart: (child) => world.childStarted(this, child),
      onEnd: (child) => world.childEnded(this, child),
    });
  }

  /** Mostly a little; now and then much of T_lag, and in the worst case always. */
  readonly #lateMs = (): number => {
    const { lagMs } = PROFILES[this.#world.profile];
    if (this.#world.isWorst || this.#random.chance(0.02)) return this.#random.between(0, lagMs * 0.8);
    return this.#random.between(0, 1.5);
  };

  readonly #ask = (done: (grant: Grant) => void): void => {
    const process = this.#process;
    process?.complete(() => {
      const { node } = process;
      const now = this.clock.nowMs();
      const bootMs = this.clock.bootMs();
      const remainingMs = node.leaseRemainingMs(now, bootMs);
      const isLeader = remainingMs > 0 && node.leader(now, bootMs)?.isSelf === true;
      done({ id: node.id, incarnation: node.incarnation, remainingMs, isLeader });
    });
  };

  readonly #workloads: Workloads = {
    stop: (request: StopWish, done: (areDead: boolean) => void) => {
      const concerned = request.scope === 'all' ? this.#supervisors : this.#supervisors.slice(1);
      let left = concerned.length;
      if (left === 0) this.#world.scheduler.schedule(0, () => done(true));
      for (const supervisor of concerned)
        supervisor.stop(request, () => {
          left -= 1;
          if (left === 0) this.#world.scheduler.schedule(REAP_MS, () => done(true));
        });
    },
  };

  #clusterId(durable: DurableState | null): ClusterId | null {
    if (durable !== null && durable.clusterId !== null) return durable.clusterId;
    return this.launch.isFounder ? clusterId(this.#random.hex32()) : null;
  }
}
