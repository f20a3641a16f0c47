// What members say to each other once they are in one cluster: pushes, rumours, questions to the silent, greetings of
// strangers, anti-entropy. It is told of packets and instants; what is believed of them is roster.ts's.

import type { Outbox } from '../effect.ts';
import { BeatPacker, fitting } from '../gossip/index.ts';
import { sameTag, type Tag } from '../hash.ts';
import { type Address, type Incarnation, tagOf } from '../ids.ts';
import { INCARNATION_LEAP_MAX, NONE } from '../membership/index.ts';
import { type Envelope, type Hello, LIMITS, type MemberEntry, NO_BEATS, type Push, type Succession } from '../message.ts';
import type { Random } from '../random.ts';
import { at, type MonotonicMs, NEVER } from '../time.ts';
import type { Timings } from '../timings.ts';
import { Answers } from './answers.ts';
import type { Fate, Govern, OnHello } from './callbacks.ts';
import { type AskThrough, Inquiry } from './inquiry.ts';
import { Passages } from './passages.ts';
import { Reconciler } from './reconcile.ts';
import type { Roster, Source } from './roster.ts';
import { echoOf } from './round-trips.ts';
import { Rounds } from './rounds.ts';
import type { Self } from './self.ts';
import type { Voice } from './voice.ts';
import { Whispers } from './whispers.ts';

/** Header and fixed part of a push in the worst case, and what a seal will add (nonce and tag). */
const PUSH_FIXED_BYTES = 56;
const SEAL_BYTES = 28;
const ROOM_BYTES = LIMITS.datagramBytesMax - PUSH_FIXED_BYTES - SEAL_BYTES;
/** Nobody follows a higher life of its own id further than this: one more must still be believed by whoever knows an earlier one. */
const OWN_LEAP_MAX = INCARNATION_LEAP_MAX / 2;
const HIGHEST_TAG: Tag = { lo: 0xffffffff, hi: 0xffffffff };

export class Talk {
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #voice: Voice;
  readonly #random: Random;
  readonly #refuse: (reason: string) => void;
  readonly #fate: Fate;
  readonly #govern: Govern;
  readonly #onHello: OnHello;
  readonly #previous: Succession | null;
  readonly reconciler: Reconciler;
  readonly passages: Passages;
  readonly #rounds: Rounds;
  readonly #packer = new BeatPacker();
  #deafTo: ReadonlySet<number> = new Set();
  #timings: Timings;
  #roundAt: MonotonicMs;
  #flushAt: MonotonicMs = NEVER;
  readonly #answers: Answers;
  readonly #inquiry: Inquiry;
  readonly #whispers: Whispers;

  constructor(
    self: Self,
    roster: Roster,
    voice: Voice,
    timings: Timings,
    random: Random,
    now: MonotonicMs,
    refuse: (reason: string) => void,
    fate: Fate,
    govern: Govern,
    onHello: OnHello,
    previous: Succession | null,
    isQuorate: () => boolean,
    askThrough: AskThrough,
  ) {
    this.#self = self;
    this.#roster = roster;
    this.#voice = voice;
    this.#timings = timings;
    this.#random = random;
    this.#refuse = refuse;
    this.#fate = fate;
    this.#govern = govern;
    this.#onHello = onHello;
    this.#previous = previous;
    this.#answers = new Answers(refuse);
    this.#rounds = new Rounds(self, roster, random, now, isQuorate);
    this.passages = new Passages(self, roster.table);
    this.reconciler = new Reconciler(self, roster, voice, timings, random, (entries, at, box) =>
      this.#believeAll(entries, 'relay', at, box),
    );
    this.#inquiry = new Inquiry(roster, voice, this.reconciler, random, askThrough);
    this.#whispers = new Whispers(self, roster, voice, timings, random, () => this.#rounds.peersOfRumours());
    this.#roundAt = now;
  }

  get nextAt(): MonotonicMs {
    return at(Math.min(this.#roundAt, this.#flushAt, this.reconciler.nextAt, this.#whispers.nextAt, this.#roster.judgeAt));
  }

  retime(timings: Timings): void {
    this.#timings = timings;
    this.reconciler.retime(timings);
    this.#whispers.retime(timings);
  }

  deafTo(slots: ReadonlySet<number>): void {
    this.#deafTo = slots;
  }

  isDeafTo(sender: Tag): boolean {
    return this.#deafTo.size > 0 && this.#deafTo.has(this.#roster.table.slotOfTag(sender));
  }

  /** Everything that is due. */
  tick(now: MonotonicMs, outbox: Outbox): void {
    this.#inquiry.tick(now, outbox);
    this.#whispers.tick(now, outbox);
    if (now >= this.#roundAt) this.#round(now, outbox);
    if (now >= this.#flushAt) this.flush(now, outbox);
    this.reconciler.tick(now, outbox);
  }

  isCalm(now: MonotonicMs): boolean {
    return this.#rounds.isCalm(this.#timings.failMs, now);
  }

  /** Voters beat together, and then all are awake: the round of a calm list that is nearly due goes along. */
  rideOn(beatenAt: MonotonicMs, now: MonotonicMs, outbox: Outbox): void {
    if (beatenAt === now && this.#roundAt - now <= this.#timings.heartbeatMs && this.isCalm(now)) this.#round(now, outbox);
    this.#whispers.expedite(now);
  }

  /**
   * Rumours do not wait for the round, nor news until older ones are told again; a short random wait lets those of one moment
   * share a datagram.
   */
  expedite(now: MonotonicMs): void {
    const { rumours } = this.#roster;
    if (rumours.size === 0 || (this.#flushAt !== NEVER && !rumours.hasNews)) return;
    this.#flushAt = at(Math.min(this.#flushAt, now + this.#random.between(0.01, 0.05) * this.#timings.heartbeatMs));
  }

  /** Rumours to some peers now, again later while there are any. */
  flush(now: MonotonicMs, outbox: Outbox): void {
    const { rumours, table } = this.#roster;
    this.#flushAt = NEVER;
    const peers = this.#rounds.peersOfRumours();
    if (peers.length === 0 || rumours.size === 0) return;
    const entries = rumours.take(table, ROOM_BYTES, now);
    if (entries.length > 0) this.#push(peers, entries, now, outbox);
    if (rumours.size > 0) this.#flushAt = at(now + this.#random.between(0.3, 0.5) * this.#timings.heartbeatMs);
  }

  // ── hearing ──

  hear(from: Address, envelope: Envelope, now: MonotonicMs, outbox: Outbox): void {
    const { message, sender } = envelope;
    const { table } = this.#roster;
    if (envelope.clusterHash !== this.#self.clusterHash) return this.#refuse('foreign-cluster');
    if (sameTag(sender, this.#self.tag)) return this.#refuse('own-packet');
    this.#inquiry.heard();
    if (message.kind === 'hello') return this.#hello(from, message, envelope, now, outbox);
    const slot = table.slotOfTag(sender);
    if (slot !== NONE && this.#deafTo.has(slot)) return this.#refuse('dev-partition');
    if (slot !== NONE && this.passages.awaitsDatagrams) this.passages.datagramFrom(table.directory.idAt(slot));
    // Whatever it says, a known member that speaks is there.
    const isLiving = slot !== NONE && this.#roster.hearDirect(slot, envelope.counter, now, outbox);
    if (message.kind === 'who') return this.#introduce(from, isLiving && table.addressOf(slot) === from, message.tag, now, outbox);
    if (message.kind === 'superseded') {
      if (message.id === this.#self.id) this.#aboutSelf(message.incarnation, message.tag, now, outbox);
      return;
    }
    if (slot === NONE) {
      this.#refuse('unknown-sender');
      if (this.#answers.mayAskWho(sender, now)) this.#voice.datagram([from], { kind: 'who', tag: sender }, now, outbox);
      return;
    }
    if (!isLiving) {
      this.#refuse('ended-sender');
      // Two that declared each other's end must learn it from each other: nothing else of the dead is believed.
      if (message.kind === 'push') {
        const aboutSelf = message.entries.filter((entry) => entry.id === this.#self.id);
        this.#believeAll(aboutSelf, 'relay', now, outbox);
      }
      if (this.#answers.mayAnswer()) this.tellOf(slot, [from], now, outbox);
      return;
    }
    switch (message.kind) {
      case 'push':
        return this.#hearPush(slot, message, now, outbox);
      case 'ping':
        // A ping for an earlier run at this address is not ours to answer.
        if (!sameTag(message.target, this.#self.tag)) return this.#refuse('ping-for-another');
        if (this.#answers.mayAnswerMember()) this.#voice.datagram([from], { kind: 'pong', echo: message.echo }, now, outbox);
        return;
      case 'pong':
        return this.#roster.roundTrips.hear(slot, message.echo, envelope.counter, this.#timings.failMs, now);
      case 'doubts':
        return this.#whispers.hear(message, now, outbox);
      case 'join':
      case 'welcome':
      case 'sync':
      case 'sync-reply':
      case 'refused':
      case 'ask-record':
      case 'whole-record':
      case 'vote':
        return this.#refuse('stream-message-in-datagram');
      default:
        // The record's and the lease's: an introduction is asked for where it would prove a succession.
        if (!this.#govern(slot, from, envelope, message, now, outbox) && this.#answers.mayAskWho(sender, now))
          this.#voice.datagram([from], { kind: 'who', tag: sender }, now, outbox);
    }
  }

  /** A stream's packet, told before and after it is believed: by then its sender may be known, or quiet no longer. */
  hearStream(sender: Tag, counter: number, now: MonotonicMs, outbox: Outbox): void {
    const { table } = this.#roster;
    const slot = table.slotOfTag(sender);
    if (slot === NONE) return;
    if (this.passages.streamFrom(slot, now)) this.#inquiry.ask(slot, now, outbox);
    if (slot !== table.selfSlot && table.isConfirmed(slot)) this.#roster.hearTold(slot, counter, now, outbox);
  }

  /** A stream to one that none came to lately. */
  tryUnreached(now: MonotonicMs, outbox: Outbox): void {
    const unreached = this.passages.longestUnreached();
    if (unreached !== null) this.reconciler.syncWith(unreached, null, now, outbox);
  }

  /** A list that somebody handed over whole: a welcome. */
  believeList(entries: readonly MemberEntry[], now: MonotonicMs, outbox: Outbox): void {
    this.#believeAll(entries, 'relay', now, outbox);
    this.#greet(0, now, outbox);
  }

  /** To voters that have not acknowledged this life yet: they may never hear a question of ours, or we theirs (a deaf node, R7). */
  introduce(to: readonly Address[], now: MonotonicMs, outbox: Outbox): void {
    if (to.length > 0) this.#sayHello(to, 0, now, outbox);
  }

  /** Is anybody there who failed here? Whoever is asked may have come back, or be the other half of a partition. */
  knock(now: MonotonicMs, outbox: Outbox): void {
    this.tryUnreached(now, outbox);
    for (const slot of this.passages.unheard(now)) this.#inquiry.ask(slot, now, outbox);
    const slot = this.#roster.someFailed((count) => this.#random.below(count));
    if (slot !== NONE) this.#inquiry.ask(slot, now, outbox);
  }

  // ── inside ──

  #round(now: MonotonicMs, outbox: Outbox): void {
    const { table } = this.#roster;
    this.#roundAt = this.#rounds.nextAfter(this.#timings, now);
    this.#answers.renew(table.aliveCount);
    this.#greet(this.#rounds.greetingAfterMs(this.#timings), now, outbox);
    table.setOwnCounter(this.#self.stamp(now));
    const peers = this.#rounds.peersOfRound(ROOM_BYTES, this.#timings, now);
    if (peers.length > 0) this.#push(peers, [], now, outbox);
  }

  #push(to: readonly Address[], entries: readonly MemberEntry[], now: MonotonicMs, outbox: Outbox): void {
    const { table } = this.#roster;
    // A datagram of rumours bears no counters: those have their own rounds.
    const isBare = entries.length > 0 || !this.#rounds.tellsCounters(this.#timings.failMs, now);
    const beats = isBare ? NO_BEATS : this.#packer.pack(table, this.#self.stamp(now), ROOM_BYTES);
    this.#voice.datagram(to, { kind: 'push', listHash: table.listHash, entries, beats }, now, outbox);
  }

  tellOf(slot: number, to: readonly Address[], now: MonotonicMs, outbox: Outbox): void {
    this.#push(to, [fitting(this.#roster.table.entryOf(slot, now), ROOM_BYTES)], now, outbox);
  }

  #hearPush(slot: number, push: Push, now: MonotonicMs, outbox: Outbox): void {
    const { table, rumours } = this.#roster;
    for (const corrected of this.#believeAll(push.entries, 'relay', now, outbox)) rumours.addOnce(corrected);
    this.#roster.hearBeats(push.beats, now, outbox);
    this.reconciler.noteOwnHash(now);
    this.expedite(now);
    if (sameTag(push.listHash, table.listHash)) {
      this.reconciler.noteAgreement();
      if (rumours.size > 0 && this.#rounds.isAgreement(slot)) rumours.heardAgreement(table);
      return;
    }
    if (!table.has(slot)) return;
    this.reconciler.noteDifference(table.addressOf(slot), push.listHash, now);
  }

  /** Strangers told of for so long. */
  #greet(toldOfMs: number, now: MonotonicMs, outbox: Outbox): void {
    const { table, strangers, suspicions } = this.#roster;
    for (const slot of strangers.take(toldOfMs, now)) {
      this.#sayHello([table.addressOf(slot)], echoOf(now), now, outbox);
      suspicions.trust.question(slot, now);
    }
  }

  #hello(from: Address, hello: Hello, envelope: Envelope, now: MonotonicMs, outbox: Outbox): void {
    const { entry } = hello;
    const { table } = this.#roster;
    if (hello.clusterId !== this.#self.clusterId) return this.#refuse('foreign-cluster');
    const tag = tagOf(hello.clusterId, entry.id, entry.incarnation, hello.nonce);
    if (!sameTag(tag, envelope.sender) || !sameTag(tag, entry.tag) || entry.state !== 'alive') return this.#refuse('false-introduction');
    const known = table.slotOf(entry.id);
    if (known !== NONE && this.#deafTo.has(known)) return this.#refuse('dev-partition');
    const floor = this.#onHello(hello, now);
    if (floor !== null) {
      this.#refuse('below-floor');
      const answer = { kind: 'superseded', id: entry.id, incarnation: floor, tag: HIGHEST_TAG } as const;
      if (this.#answers.mayAnswer()) this.#voice.datagram([from], answer, now, outbox);
      return;
    }
    this.passages.datagramFrom(entry.id);
    const belief = this.#roster.believe(entry, 'itself', now, outbox);
    if (belief === 'self-superseded') return this.#aboutSelf(entry.incarnation, entry.tag, now, outbox);
    if (belief === 'refused') return;
    if (!this.#answers.mayAnswer()) return;
    const slot = table.slotOf(entry.id);
    if (slot === NONE) return;
    if (!table.hasTag(slot, tag)) {
      const answer = { kind: 'superseded', id: entry.id, incarnation: table.incarnationOf(slot), tag: table.tagOf(slot) } as const;
      this.#voice.datagram([from], answer, now, outbox);
    } else if (belief === 'teller-behind') this.tellOf(slot, [from], now, outbox);
    else if (hello.echo !== 0) this.#voice.datagram([from], { kind: 'pong', echo: hello.echo }, now, outbox);
    this.expedite(now);
  }

  #introduce(from: Address, isMember: boolean, asked: Envelope['sender'], now: MonotonicMs, outbox: Outbox): void {
    if (!sameTag(asked, this.#self.tag)) return this.#refuse('who-for-another');
    if (isMember ? this.#answers.mayAnswerMember() : this.#answers.mayAnswer()) this.#sayHello([from], 0, now, outbox);
  }

  #sayHello(to: readonly Address[], echo: number, now: MonotonicMs, outbox: Outbox): void {
    const cluster = this.#self.clusterId;
    // Who says farewell introduces itself to nobody: an unknown listener would take it for a member that joins.
    if (cluster === null || !this.#roster.table.isAlive(this.#roster.table.selfSlot)) return;
    this.#self.stamp(now);
    const entry = fitting(this.#self.entry(), ROOM_BYTES);
    const message = { kind: 'hello', echo, clusterId: cluster, nonce: this.#self.nonce, entry, previous: this.#previous } as const;
    this.#voice.datagram(to, message, now, outbox);
  }

  #believeAll(entries: readonly MemberEntry[], source: Source, now: MonotonicMs, outbox: Outbox): number[] {
    const corrections: number[] = [];
    for (const entry of entries) {
      const belief = this.#roster.believe(entry, source, now, outbox);
      if (belief === 'self-superseded') this.#aboutSelf(entry.incarnation, entry.tag, now, outbox);
      else if (belief === 'self-ended') this.#fate('ended', entry.incarnation, now, outbox);
      else if (belief === 'teller-behind') corrections.push(this.#roster.table.slotOf(entry.id));
    }
    this.expedite(now);
    return corrections;
  }

  /** R1: what is not above this life is ignored. */
  #aboutSelf(incarnation: Incarnation, tag: Envelope['sender'], now: MonotonicMs, outbox: Outbox): void {
    const own = this.#self;
    if (incarnation > own.incarnation + OWN_LEAP_MAX) return this.#refuse('absurd-incarnation');
    // No other process of this id: this life slept until its end was reaped, and the next begins above the floor (R2).
    if (sameTag(tag, HIGHEST_TAG) && incarnation >= own.incarnation) return this.#fate('ended', incarnation, now, outbox);
    const isAbove =
      incarnation > own.incarnation ||
      (incarnation === own.incarnation &&
        !sameTag(tag, own.tag) &&
        (tag.hi > own.tag.hi || (tag.hi === own.tag.hi && tag.lo > own.tag.lo)));
    const isOwnEarlierWord = own.clusterId !== null && sameTag(tag, tagOf(own.clusterId, own.id, incarnation, own.nonce));
    if (isAbove && !isOwnEarlierWord) this.#fate('superseded', incarnation, now, outbox);
  }
}
