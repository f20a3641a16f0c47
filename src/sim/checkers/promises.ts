// I9, and R14 by its letter: what leaves a node is on its disk before, so that a crash at any step undoes nothing that was told. A
// promise stands on a promised ballot, an acceptance on the accepted value, an ack and every packet on the record; an acceptor
// never goes below what it said, over all its runs; a ballot stands for one value; and no voter acks a life that its record, or
// what it accepted, condemns (R5).

import type { AckRow, Ballot, Change, Condemned, Effect, Envelope, Input, Message, NodeId } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { CheckedWorld, Checker } from './checker.ts';
import { EmittedTags, taggedEnvelope } from './emitted.ts';

interface Told {
  version: number;
  promised: Ballot;
  accepted: Ballot | null;
}

interface Life {
  readonly id: NodeId;
  readonly incarnation: number;
}

export class Promises implements Checker {
  readonly rule = 'I9-nothing-told-is-undone';
  readonly #world: CheckedWorld;
  readonly #tags = new EmittedTags();
  readonly #lives = new Map<number, Life>();
  readonly #told = new Map<string, Told>();
  readonly #values = new Map<string, string>();

  constructor(world: CheckedWorld) {
    this.#world = world;
  }

  stepped(host: Host, _input: Input, effects: readonly Effect[]): string | null {
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]!;
      const envelope = taggedEnvelope(effect);
      if (envelope === null) continue;
      this.#noteLife(host, envelope);
      const problem = this.#judgeEnvelope(host, envelope);
      if (problem !== null) return problem;
    }
    return null;
  }

  #noteLife(host: Host, envelope: Envelope): void {
    if (this.#lives.has(envelope.sender.lo)) return;
    const incarnation = this.#tags.incarnationOf(host, envelope);
    if (incarnation !== null) this.#lives.set(envelope.sender.lo, { id: host.identity.id, incarnation });
  }

  #judgeEnvelope(host: Host, { message, sender, recordVersion }: Envelope): string | null {
    const held = host.disk.durable?.record?.version ?? 0;
    if (recordVersion > held) return `says it holds version ${recordVersion}, and its disk holds ${held}`;
    if (message.kind !== 'relayed') return this.#judge(host, message);
    const isOwn = message.originSender.lo === sender.lo && message.originSender.hi === sender.hi;
    return isOwn ? this.#judge(host, message.inner) : null;
  }

  #judge(host: Host, message: Message): string | null {
    switch (message.kind) {
      case 'beat':
      case 'ack':
        return this.#judgeAcks(host, message.acks);
      case 'promise': {
        const { version, ballot, accepted } = message;
        const acceptor = host.disk.durable?.acceptor ?? null;
        const isDurable = acceptor?.version === version && acceptor.promised !== null && compare(acceptor.promised, ballot) >= 0;
        if (!isDurable && !this.#isPast(host, version)) return `promises for version ${version} before that is on its disk`;
        return this.#promise(host, version, ballot, accepted?.ballot ?? null);
      }
      case 'accepted': {
        const { version, ballot } = message;
        const acceptor = host.disk.durable?.acceptor ?? null;
        const isDurable = acceptor?.version === version && acceptor.accepted !== null && compare(acceptor.accepted.ballot, ballot) >= 0;
        if (!isDurable && !this.#isPast(host, version)) return `says it accepted for version ${version} before that is on its disk`;
        return this.#accept(host, version, ballot);
      }
      case 'accept':
        return this.#value(message.version, message.ballot, message.change, host);
      default:
        return null;
    }
  }

  #isPast(host: Host, version: number): boolean {
    return (host.disk.durable?.record?.version ?? 0) >= version;
  }

  #promise(host: Host, version: number, ballot: Ballot, accepted: Ballot | null): string | null {
    const told = this.#toldBy(host);
    if (told === undefined || version > told.version) {
      this.#remember(host, { version, promised: ballot, accepted });
      return null;
    }
    // An answer that was under way to the disk when the version was decided: too late to matter.
    if (version < told.version) return this.#isPast(host, version) ? null : `promises for version ${version} after ${told.version}`;
    if (compare(ballot, told.promised) < 0) return `promises a lower ballot for version ${version} than it did before`;
    if (told.accepted !== null && (accepted === null || compare(accepted, told.accepted) < 0))
      return `promises for version ${version} and no longer knows what it accepted`;
    told.promised = ballot;
    if (accepted !== null) told.accepted = accepted;
    return null;
  }

  #accept(host: Host, version: number, ballot: Ballot): string | null {
    const told = this.#toldBy(host);
    if (told === undefined || version > told.version) {
      this.#remember(host, { version, promised: ballot, accepted: ballot });
      return null;
    }
    if (version < told.version) return null;
    if (compare(ballot, told.promised) < 0) return `accepts for version ${version} below a ballot that it promised`;
    told.promised = ballot;
    told.accepted = ballot;
    return null;
  }

  #value(version: number, ballot: Ballot, change: Change, host: Host): string | null {
    const key = `${host.disk.durable?.clusterId} ${version} ${ballot.round} ${ballot.id} ${ballot.incarnation} ${ballot.sequence}`;
    const text = JSON.stringify(change);
    const known = this.#values.get(key);
    if (known === undefined) this.#values.set(key, text);
    return known === undefined || known === text ? null : `proposes ${text} for version ${version} under a ballot that stood for ${known}`;
  }

  #judgeAcks(host: Host, rows: readonly AckRow[]): string | null {
    if (rows.length === 0) return null;
    const durable = host.disk.durable;
    const record = durable?.record ?? null;
    if (durable === null || record === null) return 'acks and has no record on its disk';
    const { id } = host.identity;
    for (let i = 0; i < rows.length; i++) {
      const { tag, epoch } = rows[i]!;
      if (epoch > record.epoch) return `acks under epoch ${epoch}, and its disk holds epoch ${record.epoch}`;
      const life = this.#lives.get(tag.lo);
      if (life === undefined) continue;
      if (epoch === record.epoch && !record.voters.some((voter) => voter.id === id)) return 'acks and is no voter of its own record';
      const accepted = durable.acceptor?.version === record.version + 1 ? durable.acceptor.accepted : null;
      if (isOver(record.condemned, life)) return `acks ${this.#nameOf(life)}, which its record condemns`;
      if (accepted !== null && isOver(accepted.change.condemn, life)) return `acks ${this.#nameOf(life)}, whose end it has accepted`;
    }
    return null;
  }

  #nameOf({ id, incarnation }: Life): string {
    return `${this.#world.identities.get(id)?.host.name ?? id} (${incarnation})`;
  }

  #toldBy(host: Host): Told | undefined {
    return this.#told.get(this.#keyOf(host));
  }

  #remember(host: Host, told: Told): void {
    this.#told.set(this.#keyOf(host), told);
  }

  #keyOf(host: Host): string {
    return `${host.identity.id} ${host.disk.durable?.clusterId}`;
  }
}

function isOver(ended: readonly Condemned[], life: Life): boolean {
  return ended.some(({ id, incarnation }) => id === life.id && incarnation >= life.incarnation);
}

// The order of ballots, said once more: this file must not believe the core.
function compare(a: Ballot, b: Ballot): number {
  if (a.round !== b.round) return a.round - b.round;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.incarnation - b.incarnation || a.sequence - b.sequence;
}
