// Nobody becomes a packet gun: what a node sends in five seconds stays within what its rounds, rumours and answers can need.
// Two that refuse each other's packets with packets would answer each other for ever; so would a rumour that never ends.

import type { Effect, Input } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { CheckedWorld, Checker } from './checker.ts';

const WINDOW_MS = 5000;
/** A second: rounds and rumours to a few peers twice a second, questions to the silent, greetings; beats, acks and what decides for each member. */
const PACKETS_MAX = 25;
const PACKETS_PER_MEMBER_MAX = 60;
/** Who is short of acks is passed on by everyone to everyone, eight times a second. */
const PACKETS_PER_PAIR_MAX = 32;

export class NoStorms implements Checker {
  readonly rule = 'no-storms';
  readonly #world: CheckedWorld;
  readonly #windowMs: number[] = [];
  readonly #sent: number[] = [];

  constructor(world: CheckedWorld) {
    this.#world = world;
  }

  stepped(host: Host, _input: Input, effects: readonly Effect[]): string | null {
    const { index } = host;
    const nowMs = this.#world.nowMs;
    if (nowMs - (this.#windowMs[index] ?? Number.NEGATIVE_INFINITY) > WINDOW_MS) {
      this.#windowMs[index] = nowMs;
      this.#sent[index] = 0;
    }
    let sent = this.#sent[index]!;
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]!;
      if (effect.kind === 'send') sent += effect.to.length;
    }
    this.#sent[index] = sent;
    const { length } = this.#world.hosts;
    const maximum = (WINDOW_MS / 1000) * (PACKETS_MAX + PACKETS_PER_MEMBER_MAX * length + PACKETS_PER_PAIR_MAX * length * length);
    return sent > maximum ? `sent ${sent} datagrams within ${WINDOW_MS} ms` : null;
  }
}
