// Everything there is: hosts, the network between them, names, chance, the trace, and those who watch.
// Rule kept: all chance comes from the seed, in streams of its own for each concern, so that one more fault does not change the clocks.
// What happens in the world is decided by scenes; what must hold in it by checkers/.

import type { Transport } from '../agent/ports.ts';
import {
  type Address,
  AssertionError,
  CLOCK_RATE_ERROR,
  type ClusterId,
  type CoreEvent,
  clusterId,
  type Directory,
  type Effect,
  formatAddress,
  hash32,
  type Input,
  incarnation,
  type MonotonicMs,
  type Node,
  type NodeId,
  type NodeOptions,
  nodeId,
  PROFILES,
  type ProfileName,
  Random,
  runNonce,
  type Timings,
} from '../core/index.ts';
import { MemoryNetwork, type MemoryTransport } from '../transport/memory.ts';
import {
  type CalmSpell,
  type CheckedWorld,
  Convergence,
  Inspector,
  LeaseBook,
  POLL_MS,
  Recovery,
  safetyCheckers,
  scalingCheckers,
  type Violation,
} from './checkers/index.ts';
import { Disk } from './disk.ts';
import { type End, Host, type HostWorld, type Identity, type Launch, REPLACE_AFTER_MS } from './host.ts';
import { drawClock } from './host-clock.ts';
import { Names } from './names.ts';
import { LAN_LATENCY, LinkPolicy } from './network.ts';
import { Scheduler } from './scheduler.ts';
import type { Child } from './supervisor.ts';
import { Trace, type TraceKind } from './trace.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly profile: ProfileName;
  /** Of clusters that are founded here; 7 when nothing is said. */
  readonly maxVoters?: number;
  readonly hasWorkloads?: boolean;
  /** `few`: of the safety rules only those whose cost does not grow with the square of the members. */
  readonly rules?: 'all' | 'few';
  readonly createNode: (options: NodeOptions, now: MonotonicMs) => Node;
  /** Shared by all nodes. */
  readonly directory: Directory;
  /** A readable line for each event of each node, each start and end of a process, each fault. */
  readonly narrate: ((atMs: number, who: string, what: string) => void) | null;
}

/** Sees what a measurement needs, and changes nothing. */
export interface Watcher {
  told(host: Host, event: CoreEvent): void;
  /** The transport that the host is to use instead. */
  metered(host: Host, inner: Transport): Transport;
}

/** A process that exits by itself is started again after this, as a service manager would. */
const RESTART_MS = 2000;
/** Replayed packets come within this. */
const REPLAY_MS = 4000;
/** More events than this within a millisecond are a loop that never ends. */
const BUSY_MAX_PER_HOST = 10_000;

export class World implements HostWorld, CheckedWorld {
  readonly scheduler = new Scheduler();
  readonly #trace = new Trace();
  readonly links: LinkPolicy;
  readonly names: Names;
  readonly profile: ProfileName;
  readonly createNode: (options: NodeOptions, now: MonotonicMs) => Node;
  readonly directory: Directory;
  readonly failMsMax: number;
  readonly maxVoters: number;
  readonly hasWorkloads: boolean;
  readonly timings: Timings;
  readonly leases: LeaseBook;
  foundedTogether: ClusterId | null = null;
  readonly hosts: Host[] = [];
  readonly identities = new Map<NodeId, Identity>();
  readonly #options: WorldOptions;
  readonly #network: MemoryNetwork;
  readonly #inspector: Inspector;
  readonly #convergence: Convergence;
  readonly #recovery: Recovery;
  readonly #expectations: { readonly claim: string; readonly holds: (host: Host, event: CoreEvent) => boolean }[] = [];
  isSupervised = true;
  /** Supervisors act as late as they may, children die as slowly. */
  isWorst = false;
  /** Measures; set before anything starts. */
  watcher: Watcher | null = null;
  /** The rate of each host's clocks, where chance is not to choose. */
  rateOf: ((index: number) => number) | null = null;
  delayMsMax = LAN_LATENCY.toMs;
  openTransportCount = 0;
  toldCount = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.profile = options.profile;
    this.createNode = options.createNode;
    this.directory = options.directory;
    this.maxVoters = options.maxVoters ?? 7;
    this.hasWorkloads = options.hasWorkloads ?? true;
    this.timings = PROFILES[options.profile];
    this.leases = new LeaseBook(this);
    this.failMsMax = (PROFILES[options.profile].failMs * (1 + CLOCK_RATE_ERROR)) / (1 - CLOCK_RATE_ERROR);
    this.links = new LinkPolicy(this.chance('links'), LAN_LATENCY);
    this.names = new Names(this.scheduler, this.chance('names'));
    this.#network = new MemoryNetwork(this.scheduler, this.links);
    this.#convergence = new Convergence(this, (host) => this.#inspector.isWatched(host));
    this.#recovery = new Recovery(this);
    const rules = options.rules === 'few' ? scalingCheckers(this, this.timings) : safetyCheckers(this, this.timings);
    this.#inspector = new Inspector(this, this.leases, [...rules, this.#convergence, this.#recovery]);
    this.scheduler.schedule(POLL_MS, this.#poll);
  }

  get nowMs(): number {
    return this.scheduler.nowMs;
  }

  get pendingCount(): number {
    return this.scheduler.pendingCount;
  }

  get resolver(): Names {
    return this.names;
  }

  get violation(): Violation | null {
    return this.#inspector.violation;
  }

  /** How long each calm spell took to converge. */
  get convergenceMs(): readonly (number | null)[] {
    return this.#convergence.tookMs;
  }

  /** Over all that has happened so far. */
  get traceHash(): string {
    return this.#trace.digest();
  }

  get traceCount(): number {
    return this.#trace.count;
  }

  /** A stream of chance of its own for each purpose. */
  chance(purpose: string): Random {
    return new Random(hash32(purpose, this.#options.seed));
  }

  addHost(launch: Launch, name = launch.name): Host {
    const index = this.hosts.length;
    const random = this.chance(`host ${index}`);
    const clock = drawClock(this.scheduler, random, this.rateOf?.(index) ?? null);
    const disk = new Disk(this.scheduler, this.chance(`disk ${index}`));
    const host = new Host(index, name, addressOf(index, 0), launch, { clock, disk, world: this, random });
    this.hosts.push(host);
    this.#place(host);
    return host;
  }

  /** As if the hosts had agreed on a cluster before, and stopped cleanly: their disks hold its first record. */
  foundTogether(voters: readonly Host[], others: readonly Host[] = [], remembered: 'everyone' | 'nobody' = 'everyone'): void {
    const random = this.chance('genesis');
    const cluster = clusterId(random.hex32());
    this.foundedTogether = cluster;
    const members = [...voters, ...others].map((host) => ({ host, id: nodeId(random.hex32()), storeId: random.hex32() }));
    const record = {
      version: 1,
      epoch: 1,
      voters: members
        .slice(0, voters.length)
        .map(({ id, storeId }) => ({ id, storeId }))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
      profile: this.profile,
      maxVoters: this.maxVoters,
      replaceAfterMs: REPLACE_AFTER_MS,
      condemned: [],
      floor: incarnation(0),
      leader: null,
    };
    for (const { host, id, storeId } of members) {
      const lives = incarnation(host.clock.wallNowMs());
      host.disk.restore({
        id,
        storeId,
        clusterName: 'sim',
        clusterId: cluster,
        profile: this.profile,
        incarnation: lives,
        // The first start is then a first life.
        bornIncarnation: incarnation(lives + 1),
        isClean: true,
        writeCount: 1,
        nonce: runNonce(random.hex32()),
        record,
        acceptor: null,
        vote: null,
        fence: null,
      });
      if (remembered === 'everyone')
        host.disk.rememberPeers(members.map((other) => other.host.address).filter((address) => address !== host.address));
    }
  }

  /** Between two runs: the lease ran out, the container got another address. */
  moveHost(host: Host): void {
    this.links.remove(host.address);
    host.moveCount += 1;
    host.address = addressOf(host.index, host.moveCount);
    this.#place(host);
  }

  announceCalm(spell: CalmSpell): void {
    this.#convergence.add(spell);
  }

  /** From then on everyone is quorate again, under one leader. */
  announceRecovery(spell: CalmSpell): void {
    this.#recovery.add(spell);
  }

  /** Every later event of every node has to satisfy it. */
  expectOfEvents(claim: string, holds: (host: Host, event: CoreEvent) => boolean): void {
    this.#expectations.push({ claim, holds });
  }

  fail(rule: string, who: string, message: string): void {
    this.#inspector.report(rule, who, message);
  }

  narrate(who: string, what: string): void {
    this.#options.narrate?.(this.nowMs, who, what);
  }

  /** Until then, or until something broke. */
  run(untilMs: number): void {
    try {
      let millisecond = 0;
      let count = 0;
      while (this.#inspector.violation === null && this.scheduler.runNext(untilMs)) {
        if (this.nowMs >= millisecond + 1) {
          millisecond = this.nowMs;
          count = 0;
        } else if (++count > BUSY_MAX_PER_HOST * this.hosts.length) this.fail('time-passes', '-', `${count} events within a millisecond`);
      }
    } catch (error) {
      if (!(error instanceof AssertionError)) throw error;
      this.fail('assertion', '-', error.stack ?? error.message);
    }
  }

  open(host: Host): Transport {
    const inner: MemoryTransport = this.#network.open(host.address);
    this.openTransportCount += 1;
    const transport: Transport = {
      send: (to, bytes) => inner.send(to, bytes),
      exchange: (to, bytes, timeoutMs, done) => inner.exchange(to, bytes, timeoutMs, done),
      listen: (receiver) => inner.listen(receiver),
      close: () => {
        this.openTransportCount -= 1;
        inner.close();
      },
    };
    return this.watcher?.metered(host, transport) ?? transport;
  }

  identify(id: NodeId, name: string, host: Host): Identity {
    let identity = this.identities.get(id);
    // A copied state directory: the id is now where it was started last.
    if (identity === undefined || identity.host !== host) {
      identity = { id, name, host, goneSinceMs: null };
      this.identities.set(id, identity);
    }
    return identity;
  }

  /** Some of what was captured comes again, within the next seconds, to where it was sent. */
  replay(count: number): void {
    const { captured } = this.links;
    const random = this.chance(`replay ${this.nowMs}`);
    this.links.replayedUntilMs = this.nowMs + REPLAY_MS;
    for (let i = 0; i < count && captured.length > 0; i++) {
      const { from, to, bytes } = captured[random.below(captured.length)]!;
      this.scheduler.schedule(random.between(0, REPLAY_MS), () => this.#network.send(from, to, bytes));
    }
  }

  childStarted(host: Host, child: Child): void {
    this.trace(host, 'child-start', child.incarnation % 4294967296);
    this.narrate(host.name, `starts what runs while ${child.scope}`);
    this.#inspector.childStarted(host, child);
  }

  childEnded(host: Host, child: Child): void {
    this.trace(host, 'child-end', child.incarnation % 4294967296);
    this.narrate(host.name, `has ended what ran while ${child.scope}`);
  }

  trace(host: Host | null, kind: TraceKind, content: number): void {
    this.#trace.add(this.scheduler.nowMs, host?.index ?? 0, kind, content);
  }

  stepped(host: Host, input: Input, effects: readonly Effect[]): void {
    this.#inspector.stepped(host, input, effects);
  }

  started(host: Host): void {
    this.narrate(host.name, host.startCount === 1 ? `starts at ${host.address}` : `starts again at ${host.address}`);
    this.#inspector.started(host);
  }

  told(host: Host, event: CoreEvent): void {
    this.toldCount += 1;
    this.trace(host, 'event', event.type.length);
    this.watcher?.told(host, event);
    if (this.#options.narrate !== null) this.narrate(host.name, this.#describe(event));
    for (let i = 0; i < this.#expectations.length; i++) {
      const { claim, holds } = this.#expectations[i]!;
      if (!holds(host, event)) this.fail('expectation', host.name, `${claim}; but ${this.#describe(event)}`);
    }
  }

  ended(host: Host, end: End): void {
    this.narrate(host.name, end.kind === 'killed' ? 'is killed' : `exits: ${end.reason}`);
    // Of two that ran on copies of one state directory the other lives on as that id.
    const { id } = host.identity;
    const twin = host.isCopy ? this.hosts.find((one) => one.process !== null && one.identity.id === id) : undefined;
    if (twin !== undefined) this.identities.set(id, twin.identity);
    this.#inspector.ended(host, end);
    const isClean = end.kind === 'exited' && (end.reason === 'left' || end.reason === 'stopped');
    if (!this.isSupervised || end.kind === 'killed' || (isClean && !host.isWantedUp)) return;
    this.scheduler.schedule(RESTART_MS, () => {
      // Its state is older than what it said: it comes back as somebody else.
      if (end.reason === 'rolled-back' && host.process === null) host.wipe();
      if (host.process === null && host.heldDownCount === 0) host.start();
    });
  }

  #place(host: Host): void {
    this.links.place(host.address, host.index);
    this.names.set(seedOf(host.name), [host.address]);
  }

  #describe(event: CoreEvent): string {
    switch (event.type) {
      case 'quorate':
      case 'fenced':
      case 'fence-failed':
        return `${event.type}: ${event.reason}`;
      case 'leader-changed':
        return `leader-changed ${event.leader ?? 'nobody'}${event.token === null ? '' : ` (token ${event.token})`}`;
      case 'record-changed':
        return `record-changed version ${event.version}, epoch ${event.epoch}: ${event.reason}`;
      default:
        return `${event.type} ${this.#subjectOf(event)}`;
    }
  }

  // Incarnations are wall-clock numbers, and names may clash: people count lives and know machines.
  #subjectOf({ id, incarnation, member }: Extract<CoreEvent, { readonly address: Address }>): string {
    const host = this.identities.get(id)?.host;
    if (host === undefined) return `${member} (nobody)`;
    const born = host.disk.durable?.id === id ? host.disk.durable.bornIncarnation : incarnation;
    return `${host.name} (life ${incarnation - born + 1})`;
  }

  readonly #poll = (): void => {
    this.#inspector.polled();
    this.scheduler.schedule(POLL_MS, this.#poll);
  };
}

/** What others are given as a seed to find the host of this name. */
export function seedOf(name: string): string {
  return `${name}.sim:7946`;
}

function addressOf(index: number, moveCount: number): Address {
  return formatAddress(`10.${moveCount}.${index >> 8}.${index & 255}`, 7946);
}
