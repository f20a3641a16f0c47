// One node on a stage: inputs are handed in, effects come out as lines of a transcript; no codec, no clock, no network.
// Its peers are puppets that say exactly what a test wants said.

import {
  type Address,
  at,
  type Beats,
  type ClusterId,
  type Command,
  clusterHashOf,
  createNode,
  type Effect,
  type Envelope,
  type Incarnation,
  type Input,
  type MemberEntry,
  type Message,
  NO_BEATS,
  type Node,
  type NodeOptions,
  Outbox,
  type RunNonce,
  type Tag,
  tagOf,
} from '../../src/core/index.ts';
import { eventLine } from './event-line.ts';
import { addressOf, entryOf, idOf } from './members.ts';
import { BORN, optionsOf } from './options.ts';

export const CLUSTER = 'c1'.repeat(16) as ClusterId;
export const OTHER_CLUSTER = 'd2'.repeat(16) as ClusterId;
export { BORN };

/** Of the node's run. */
export const NONCE = 'ab'.repeat(16) as RunNonce;

export class Stage {
  readonly node: Node;
  nowMs: number;
  #lastTicket = 0;
  readonly #outbox = new Outbox();

  /** Not a member yet: `enter` lets its first life begin. Its list is on stage alone, without a record, unless one is given. */
  constructor(options: Partial<NodeOptions> = {}, nowMs = 1_000_000) {
    this.nowMs = nowMs;
    this.node = createNode(optionsOf(0, { nonce: NONCE, clusterId: CLUSTER, ...options }), at(nowMs));
  }

  get tag(): Tag {
    return tagOf(CLUSTER, idOf(0), this.node.incarnation, NONCE);
  }

  /** Its effects, as they were at this step. */
  step(input: Input): Effect[] {
    this.#outbox.clear();
    this.node.step(input, at(this.nowMs), this.#outbox);
    this.node.checkInvariants();
    const effects = [...this.#outbox.effects];
    for (const effect of effects) if (effect.kind === 'persist') this.#lastTicket = effect.ticket;
    return effects;
  }

  lines(input: Input): string[] {
    return transcript(this.step(input));
  }

  tick(): string[] {
    return this.lines({ kind: 'tick' });
  }

  /** Lets time pass as a driver does: a tick whenever the node asked for one. */
  pass(ms: number): Effect[] {
    const untilMs = this.nowMs + ms;
    const effects: Effect[] = [];
    while (this.node.nextWakeupMs() <= untilMs && this.node.standing !== 'left') {
      this.nowMs = Math.max(this.nowMs, this.node.nextWakeupMs());
      effects.push(...this.step({ kind: 'tick' }));
    }
    this.nowMs = untilMs;
    return effects;
  }

  hear(envelope: Envelope, from: Address = addressOf(1)): string[] {
    return this.lines({ kind: 'datagram', from, envelope });
  }

  command(command: Command, ticket = 1): string[] {
    return this.lines({ kind: 'command', ticket, command });
  }

  /** The last write is durable. */
  persisted(): string[] {
    return this.lines({ kind: 'persisted', ticket: this.#lastTicket });
  }

  /** All that ran under its lease is dead. */
  workloadsEnded(areDead = true): string[] {
    return this.lines({ kind: 'workloads-ended', incarnation: this.node.incarnation, areDead });
  }

  /** From the start to the first life, as a member of CLUSTER. */
  enter(): this {
    this.tick();
    this.persisted();
    return this;
  }

  shown(): string[] {
    return this.node.members(at(this.nowMs)).map(({ name, state }) => `${name} ${state}`);
  }
}

export class Puppet {
  readonly ordinal: number;
  readonly incarnation: number;
  readonly cluster: ClusterId;
  counter = 1;
  readonly #nonce: RunNonce;
  readonly #entry: Partial<Omit<MemberEntry, 'incarnation'>>;

  constructor(
    ordinal: number,
    options: {
      readonly incarnation?: number;
      readonly cluster?: ClusterId;
      readonly nonce?: string;
      readonly entry?: Partial<Omit<MemberEntry, 'incarnation'>>;
    } = {},
  ) {
    this.ordinal = ordinal;
    this.incarnation = options.incarnation ?? BORN + ordinal;
    this.cluster = options.cluster ?? CLUSTER;
    this.#nonce = (options.nonce ?? 'cd'.repeat(16)) as RunNonce;
    this.#entry = options.entry ?? {};
  }

  get tag(): Tag {
    return tagOf(this.cluster, idOf(this.ordinal), this.incarnation as Incarnation, this.#nonce);
  }

  get address(): Address {
    return this.entry().facts.address;
  }

  entry(change: Partial<Omit<MemberEntry, 'incarnation'>> = {}): MemberEntry {
    return entryOf(this.ordinal, { incarnation: this.incarnation, tag: this.tag, counter: this.counter, ...this.#entry, ...change });
  }

  says(message: Message): Envelope {
    return { clusterHash: clusterHashOf(this.cluster), sender: this.tag, counter: this.counter, recordVersion: 0, message };
  }

  hello(echo = 0): Envelope {
    return this.says({ kind: 'hello', echo, clusterId: this.cluster, nonce: this.#nonce, entry: this.entry(), previous: null });
  }

  pushes(entries: readonly MemberEntry[], beats: Beats = NO_BEATS): Envelope {
    return this.says({ kind: 'push', listHash: { lo: 0, hi: 0 }, entries, beats });
  }
}

export function beatsOf(...puppets: readonly Puppet[]): Beats {
  return {
    count: puppets.length,
    tagLo: Uint32Array.from(puppets, ({ tag }) => tag.lo),
    counter: Float64Array.from(puppets, ({ counter }) => counter),
  };
}

/** A message from one that has no cluster yet. */
export function stranger(message: Message): Envelope {
  return { clusterHash: 0, sender: { lo: 0, hi: 0 }, counter: 0, recordVersion: 0, message };
}

export function transcript(effects: readonly Effect[]): string[] {
  return effects.map(line);
}

export function only<K extends Effect['kind']>(kind: K, effects: readonly Effect[]): Extract<Effect, { kind: K }>[] {
  return effects.filter((effect): effect is Extract<Effect, { kind: K }> => effect.kind === kind);
}

export function events(effects: readonly Effect[]): string[] {
  return transcript(only('event', effects));
}

function line(effect: Effect): string {
  switch (effect.kind) {
    case 'send':
      return `send ${said(effect.envelope.message)} to ${effect.to.join(', ')}`;
    case 'exchange':
      return `ask ${effect.to}: ${said(effect.envelope.message)}`;
    case 'reply':
      return `reply ${said(effect.envelope.message)}`;
    case 'persist':
      return `persist life ${effect.state.incarnation - BORN}${effect.state.clusterId === null ? ' without cluster' : ''}${effect.state.isClean ? ' as clean' : ''}`;
    case 'remember-peers':
      return `remember ${effect.addresses.join(', ')}`;
    case 'resolve':
      return `resolve ${effect.seed}`;
    case 'event':
      return `event ${eventLine(effect.event)}: ${effect.event.reason}`;
    case 'stop-workloads':
      return `stop ${effect.scope === 'all' ? 'all workloads' : 'those of the leader'} of life ${effect.incarnation - BORN} within ${effect.deadMs} ms`;
    case 'command-result':
      return `result ${effect.ticket}: ${effect.result.kind === 'done' ? 'done' : `${effect.result.code}, ${effect.result.message}`}`;
    case 'exit':
      return `exit ${effect.reason}: ${effect.message}`;
  }
}

function said(message: Message): string {
  switch (message.kind) {
    case 'push':
      return message.entries.length === 0 ? `push of ${message.beats.count} beats` : `push of ${message.entries.map(named).join(', ')}`;
    case 'welcome':
    case 'sync':
    case 'sync-reply':
      return `${message.kind} of ${message.entries.map(named).sort().join(', ') || 'nobody'}`;
    case 'refused':
      return `refused ${message.reason}`;
    case 'superseded':
      return `superseded by life ${message.incarnation - BORN}`;
    default:
      return message.kind;
  }
}

function named({ facts, state }: MemberEntry): string {
  return `${facts.name} ${state}`;
}
