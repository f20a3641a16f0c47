// Exchanges over TCP, both sides: which question goes to whom, which answer belongs to what was asked.

import type { Outbox } from '../effect.ts';
import { sameTag } from '../hash.ts';
import type { ClusterId } from '../ids.ts';
import type { Envelope } from '../message.ts';
import type { MonotonicMs } from '../time.ts';
import type { Admission } from './admission.ts';
import type { Government } from './government.ts';
import type { Self } from './self.ts';
import type { Talk } from './talk.ts';
import type { Voice } from './voice.ts';

const ANSWER_OF = { join: 'welcome', sync: 'sync-reply', deliver: 'sync-reply', record: 'whole-record' } as const;

export class Streams {
  readonly #self: Self;
  readonly #voice: Voice;
  readonly #talk: Talk;
  readonly #admission: Admission;
  readonly #government: Government;
  readonly #refuse: (reason: string) => void;

  constructor(self: Self, voice: Voice, talk: Talk, admission: Admission, government: Government, refuse: (reason: string) => void) {
    this.#government = government;
    this.#self = self;
    this.#voice = voice;
    this.#talk = talk;
    this.#admission = admission;
    this.#refuse = refuse;
  }

  /** Answered in this step or not at all. */
  asked(exchange: number, envelope: Envelope, now: MonotonicMs, outbox: Outbox): void {
    const { message, sender, counter } = envelope;
    if (message.kind === 'join') return this.#admission.answerJoin(exchange, message, now, outbox);
    if (message.kind === 'vote') return this.#admission.answerVote(exchange, message, now, outbox);
    if (message.kind === 'ask-record') return this.#answerRecord(exchange, message.clusterId, now, outbox);
    if (message.kind !== 'sync') return this.#refuse('datagram-message-in-stream');
    if (this.#self.clusterId !== null && sameTag(sender, this.#self.tag)) {
      return this.#voice.reply(exchange, { kind: 'refused', reason: 'self', detail: '' }, now, outbox);
    }
    if (this.#talk.isDeafTo(sender)) return this.#refuse('dev-partition');
    this.#talk.hearStream(sender, counter, now, outbox);
    this.#talk.reconciler.answerSync(exchange, message, now, outbox);
    this.#talk.hearStream(sender, counter, now, outbox);
  }

  answered(exchange: number, envelope: Envelope, now: MonotonicMs, outbox: Outbox): void {
    const { message, sender, counter } = envelope;
    const purpose = this.#voice.close(exchange);
    if (purpose === null) return this.#refuse('answer-to-nothing');
    if (this.#talk.passages.streamTo(purpose.at)) this.#talk.tryUnreached(now, outbox);
    const isOfKind =
      message.kind === 'refused' ||
      message.kind === ANSWER_OF[purpose.kind] ||
      ((purpose.kind === 'join' || purpose.kind === 'sync') && (message.kind === 'vote' || message.kind === 'welcome'));
    if (!isOfKind) {
      this.#admission.unanswered(purpose, `answered with "${message.kind}"`, now);
      return this.#refuse('answer-of-wrong-kind');
    }
    if (message.kind === 'sync-reply') {
      if (message.clusterId !== this.#self.clusterId) return this.#refuse('foreign-cluster');
      if (this.#talk.isDeafTo(sender)) return this.#refuse('dev-partition');
      this.#talk.hearStream(sender, counter, now, outbox);
      this.#talk.reconciler.hearSyncReply(purpose.at, message.entries, message.wanted, now, outbox);
      this.#talk.hearStream(sender, counter, now, outbox);
    }
    if (message.kind === 'whole-record') {
      if (message.clusterId === this.#self.clusterId) this.#government.hearWhole(message, now, outbox);
      else this.#refuse('foreign-cluster');
      return;
    }
    this.#admission.answered(purpose, message, outbox, now);
  }

  #answerRecord(exchange: number, cluster: ClusterId, now: MonotonicMs, outbox: Outbox): void {
    const whole = this.#government.whole(now);
    if (whole === null || cluster !== whole.clusterId)
      return this.#voice.reply(exchange, { kind: 'refused', reason: 'other-cluster', detail: '' }, now, outbox);
    this.#voice.reply(exchange, whole, now, outbox);
  }

  unanswered(exchange: number, reason: string, now: MonotonicMs): void {
    const purpose = this.#voice.close(exchange);
    if (purpose === null) return;
    this.#talk.passages.noStreamTo(purpose.at, reason, now);
    this.#admission.unanswered(purpose, reason, now);
  }
}
