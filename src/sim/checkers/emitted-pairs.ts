// What a node says of its own clock never goes back: over all runs of one id, (incarnation, counter) of its packets only grows.
// A copied or restored state directory makes a node contradict itself: its pairs are kept for each of its hosts apart.
// Packets of one step may bear the same counter: one step is one instant.

import type { Effect, Input } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { Checker } from './checker.ts';
import { EmittedTags, taggedEnvelope } from './emitted.ts';

interface Pair {
  incarnation: number;
  counter: number;
}

export class EmittedPairs implements Checker {
  readonly rule = 'own-pairs-grow';
  readonly #tags = new EmittedTags();
  readonly #last = new Map<string, Pair>();

  stepped(host: Host, _input: Input, effects: readonly Effect[]): string | null {
    for (let i = 0; i < effects.length; i++) {
      const envelope = taggedEnvelope(effects[i]!);
      if (envelope === null) continue;
      // A foreign tag is the durable-incarnation rule's business.
      const said = this.#tags.incarnationOf(host, envelope);
      if (said === null) continue;
      const problem = this.#grow(
        host.isCopy ? `${host.identity.id} ${host.index} ${host.startCount}` : host.identity.id,
        said,
        envelope.counter,
      );
      if (problem !== null) return problem;
    }
    return null;
  }

  #grow(id: string, incarnation: number, counter: number): string | null {
    const last = this.#last.get(id);
    if (last === undefined) {
      this.#last.set(id, { incarnation, counter });
      return null;
    }
    if (incarnation < last.incarnation || (incarnation === last.incarnation && counter < last.counter)) {
      return `emits (${incarnation}, ${counter}) after (${last.incarnation}, ${last.counter})`;
    }
    last.incarnation = incarnation;
    last.counter = counter;
    return null;
  }
}
