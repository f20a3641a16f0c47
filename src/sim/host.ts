// One machine: an address, a clock, a disk, and at most one running process of the agent.
// Rule kept: each start is a new run with a new nonce; its incarnation is the disk's + 1, or the wall clock's on an empty disk.
// When a host starts, crashes or is cut off is decided by scenes and faults.

import type { Resolver, Transport } from '../agent/ports.ts';
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
  type Input,
  incarnation,
  type MonotonicMs,
  type Node,
  type NodeId,
  type NodeOptions,
  nodeId,
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
import type { TraceKind } from './trace.ts';

/** How the agent on this host is started; kept for later starts. */
export interface Launch {
  readonly name: string;
  /** True founds a cluster if the disk is empty (`--init`). */
  readonly isFounder: boolean;
  readonly seeds: readonly string[];
}

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
  /** Since when the present process has run without a pause, on the world's clock. */
  runningSinceMs = 0;
  /** How many faults keep it from being started. */
  heldDownCount = 0;
  /** Set by whoever gives two ids one name, or one host a second id: only then may it exit for a name clash. */
  mayClash = false;
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
  }

  get process(): AgentProcess | null {
    return this.#process;
  }

  get isRunning(): boolean {
    return this.#process !== null && !this.#process.isPaused;
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

  pause(): void {
    this.#process?.pause();
  }

  resume(): void {
    if (this.#process === null || !this.#process.isPaused) return;
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
    return {
      id: durable === null ? nodeId(random.hex32()) : durable.id,
      storeId: durable === null ? random.hex32() : durable.storeId,
      nonce: runNonce(random.hex32()),
      incarnation: lives,
      bornIncarnation: born,
      clusterName: 'sim',
      clusterId: this.#clusterId(durable),
      profile: this.#world.profile,
      facts: {
        name: this.launch.name,
        address: this.address,
        meta: { version: 0, restarts: lives - born, zone: '', software: 'sim', canVote: true, tags: [] },
      },
      seeds: this.launch.seeds,
      knownPeers: this.disk.peers,
      writeCount: durable === null ? 0 : durable.writeCount,
      randomSeed: random.uint32(),
      directory: this.#world.directory,
    };
  }

  #clusterId(durable: DurableState | null): ClusterId | null {
    if (durable !== null && durable.clusterId !== null) return durable.clusterId;
    return this.launch.isFounder ? clusterId(this.#random.hex32()) : null;
  }
}
