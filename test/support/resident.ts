// One agent of a small town: a real driver and node, with a clock, a disk, workloads and a socket that a test may hold or bend.

import { Driver } from '../../src/agent/driver.ts';
import type { StopWish } from '../../src/agent/ports.ts';
import {
  type Address,
  address,
  at,
  type ClusterId,
  type ClusterRecord,
  type Command,
  type CommandResult,
  type CoreEvent,
  createNode,
  type DurableState,
  genesis,
  incarnation,
  type MemberView,
  type Meta,
  type MonotonicMs,
  type Node,
  type NodeId,
  nodeId,
  type ProfileName,
  runNonce,
} from '../../src/core/index.ts';
import type { Scheduler } from '../../src/sim/scheduler.ts';
import type { MemoryNetwork } from '../../src/transport/memory.ts';
import { eventLine } from './event-line.ts';
import { BORN } from './options.ts';
import { CLUSTER } from './stranger.ts';

export const REPLACE_AFTER_MS = 600_000;
/** Datagrams in the buffer of a process that does not read: the oldest stay, later ones are lost. */
const SOCKET_HOLDS = 1000;

/** What a resident needs of its town. */
export interface Town {
  readonly scheduler: Scheduler;
  readonly network: MemoryNetwork;
  readonly names: ReadonlyMap<string, readonly Address[]>;
  recordOf(cluster: ClusterId): ClusterRecord | null;
  write(who: string, what: string): void;
}

/** Of the member that came as the `ordinal`-th. */
export function hexOf(ordinal: number): string {
  return ordinal.toString(16).padStart(2, '0').repeat(16);
}

export interface Citizen {
  readonly name: string;
  readonly address?: Address;
  readonly id?: NodeId;
  readonly tags?: Meta['tags'];
  readonly zone?: string;
  /** Null: it has to join. */
  readonly cluster?: ClusterId | null;
  readonly clusterName?: string;
  readonly seeds?: readonly string[];
  readonly knownPeers?: readonly Address[];
  readonly incarnation?: number;
  readonly born?: number;
  readonly nonce?: string;
  readonly profile?: ProfileName;
  readonly maxVoters?: number;
  readonly expect?: number;
  readonly canVote?: boolean;
  readonly canLead?: boolean;
  /** What its state directory holds from earlier: it starts as that agent's next run. */
  readonly state?: DurableState;
  /** R13: the run before did not end cleanly, on the same boot. */
  readonly mustStaySilent?: boolean;
  /** The first record of its cluster; without, that of whoever is there, or one in which it votes alone. */
  readonly record?: ClusterRecord;
  /** Its clock runs this much faster than the town's. */
  readonly rate?: number;
}

export class Resident {
  readonly node: Node;
  readonly driver: Driver;
  readonly address: Address;
  readonly events: CoreEvent[] = [];
  readonly saved: DurableState[] = [];
  peers: readonly Address[] = [];
  exit: { readonly reason: string; readonly message: string } | null = null;
  /** While true, writes wait for `releaseDisk`. */
  isDiskHeld = false;
  diskProblem: string | null = null;
  wakeups = 0;
  /** What its workloads take to die; not dead in time is told first, as the port does. */
  stopsInMs = 5;
  readonly stops: StopWish[] = [];
  sentBytes = 0;
  readonly #held: (() => void)[] = [];
  readonly #town: Town;
  readonly #rate: number;
  #frozenMs = 0;
  #due = Number.POSITIVE_INFINITY;
  #isPaused = false;
  readonly #whilePaused: (() => void)[] = [];

  constructor(town: Town, citizen: Citizen, ordinal: number) {
    this.#town = town;
    this.#rate = citizen.rate ?? 1;
    this.address = citizen.address ?? address(`10.0.0.${ordinal}:7946`);
    const hex = hexOf(ordinal);
    const { state } = citizen;
    const life = citizen.incarnation ?? (state === undefined ? BORN + ordinal : state.incarnation + 1);
    const born = citizen.born ?? state?.bornIncarnation ?? life;
    const id = citizen.id ?? state?.id ?? nodeId(hex);
    const storeId = state?.storeId ?? hex;
    const profile = citizen.profile ?? state?.profile ?? 'lan';
    const maxVoters = citizen.maxVoters ?? 7;
    const cluster = citizen.cluster !== undefined ? citizen.cluster : state === undefined ? CLUSTER : state.clusterId;
    const known = citizen.record ?? state?.record ?? (cluster === null ? null : town.recordOf(cluster));
    this.node = createNode(
      {
        id,
        storeId,
        nonce: runNonce(citizen.nonce ?? hex),
        incarnation: incarnation(life),
        bornIncarnation: incarnation(born),
        clusterName: citizen.clusterName ?? 'default',
        clusterId: cluster,
        profile,
        facts: {
          name: citizen.name,
          address: this.address,
          meta: {
            version: 0,
            restarts: life - born,
            zone: citizen.zone ?? '',
            software: '0.1.0',
            canVote: citizen.canVote ?? true,
            tags: citizen.tags ?? [],
          },
        },
        seeds: citizen.seeds ?? [],
        knownPeers: citizen.knownPeers ?? [],
        writeCount: state?.writeCount ?? 0,
        previous: state === undefined ? null : { incarnation: state.incarnation, nonce: state.nonce, isClean: state.isClean },
        record: cluster === null ? null : (known ?? genesis([{ id, storeId }], profile, maxVoters, REPLACE_AFTER_MS)),
        acceptor: state?.acceptor ?? null,
        vote: state?.vote ?? null,
        lastFence: state?.fence ?? null,
        mustStaySilent: citizen.mustStaySilent ?? false,
        maxVoters,
        expect: citizen.expect ?? null,
        canLead: citizen.canLead ?? true,
        randomSeed: ordinal,
      },
      this.nowMs(),
    );
    const transport = town.network.open(this.address);
    const held = (run: () => void): void => {
      if (this.#isPaused) this.#whilePaused.push(run);
      else run();
    };
    this.driver = new Driver(this.node, {
      clock: { nowMs: () => this.nowMs(), bootMs: () => this.nowMs() },
      workloads: {
        stop: (wish, ended) => {
          this.stops.push(wish);
          if (this.stopsInMs > wish.deadMs) town.scheduler.schedule(wish.deadMs, () => held(() => ended(false)));
          town.scheduler.schedule(this.stopsInMs, () =>
            held(() => {
              town.write(citizen.name, `its workloads are dead (${wish.scope})`);
              ended(true);
            }),
          );
        },
      },
      timer: { arm: (due, fire) => this.#arm(due, fire), disarm: () => this.#arm(at(Number.POSITIVE_INFINITY), () => {}) },
      transport: {
        send: (to, bytes) => {
          this.sentBytes += bytes.length;
          transport.send(to, bytes);
        },
        exchange: (to, bytes, timeoutMs, done) => transport.exchange(to, bytes, timeoutMs, (answer) => held(() => done(answer))),
        listen: (receiver) =>
          transport.listen({
            datagram: (from, bytes) => {
              if (this.#isPaused && this.#whilePaused.length >= SOCKET_HOLDS) return;
              const kept = bytes.slice();
              held(() => receiver.datagram(from, kept));
            },
            asked: (from, bytes, answer) => held(() => receiver.asked(from, bytes, answer)),
          }),
        close: () => transport.close(),
      },
      store: {
        save: (state, done) => {
          this.saved.push(state);
          const finish = (): void => done(this.diskProblem);
          if (this.isDiskHeld) this.#held.push(finish);
          else town.scheduler.schedule(1, finish);
        },
        rememberPeers: (addresses) => {
          this.peers = addresses;
        },
      },
      resolver: { resolve: (seed, done) => town.scheduler.schedule(1, () => done([...(town.names.get(seed) ?? [address(seed)])], null)) },
      onEvent: (event) => {
        this.events.push(event);
        town.write(this.node.name, eventLine(event));
      },
      onExit: (reason, message) => {
        this.exit = { reason, message };
        town.write(this.node.name, `exits: ${reason}`);
      },
    });
    this.driver.start();
  }

  nowMs(): MonotonicMs {
    return at(5000 + (this.#town.scheduler.nowMs - this.#frozenMs) * this.#rate);
  }

  command(command: Command): { result: CommandResult | null } {
    const box: { result: CommandResult | null } = { result: null };
    this.driver.command(command, (result) => {
      box.result = result;
    });
    return box;
  }

  members(): MemberView[] {
    return this.node.members(this.nowMs());
  }

  view(name: string): MemberView | null {
    return this.node.member(name, this.nowMs());
  }

  /** What it told of members; of itself as an actor, of leader and record there are others. */
  get memberEvents() {
    return this.events.filter((event) => 'id' in event);
  }

  /** name:state, sorted. */
  shown(): string {
    return this.members()
      .map((member) => `${member.name}:${member.state}`)
      .join(' ');
  }

  releaseDisk(): void {
    this.isDiskHeld = false;
    for (const finish of this.#held.splice(0)) finish();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    for (const run of this.#whilePaused.splice(0)) run();
    this.#arm(at(this.#due), this.#fire);
  }

  /** A virtual machine that was paused with its clock: `pause`, this, `resume`. */
  clockStoodStill(ms: number): void {
    this.#frozenMs += ms;
  }

  #fire: () => void = () => {};

  #arm(due: MonotonicMs, fire: () => void): void {
    this.#due = due;
    this.#fire = fire;
    if (due === Number.POSITIVE_INFINITY) return;
    const worldMs = Math.max(this.#town.scheduler.nowMs, Math.ceil((due - 5000) / this.#rate + this.#frozenMs));
    this.#town.scheduler.at(worldMs, () => {
      if (this.#isPaused || this.#due !== due || this.nowMs() < due) {
        if (!this.#isPaused && this.#due === due) this.#arm(due, fire);
        return;
      }
      this.#due = Number.POSITIVE_INFINITY;
      this.wakeups += 1;
      fire();
    });
  }
}
