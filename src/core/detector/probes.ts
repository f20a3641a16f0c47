// What is tried before anyone is suspected, per silent member: asked directly, asked again, then through others and over a stream at
// once. Each step waits as long as an answer may take by that way. Nothing here sends; an answer shows as news of the member, which
// ends its probe, and a probe that ran out says so.

import type { MonotonicMs } from '../time.ts';

export type ProbeStep =
  /** A datagram straight to it. */
  | 'ask'
  /** Through others and over a stream. */
  | 'ask-around'
  /** Nobody and nothing got an answer. */
  | 'exhausted';

/** Questions straight to it before others are asked. */
const DIRECT = 2;
/** In time-outs of one question: over another member it is twice the way, and a busy one needs a turn of its own. */
const AROUND_TIMES = 3;

interface Probe {
  step: number;
  nextAt: number;
}

export class Probes {
  readonly #open = new Map<number, Probe>();

  get size(): number {
    return this.#open.size;
  }

  /** Everything was tried in vain. */
  isExhausted(slot: number): boolean {
    return (this.#open.get(slot)?.step ?? 0) > DIRECT + 1;
  }

  /** When the next step of it is due; at once for one that is not open. */
  dueAt(slot: number): number {
    return this.#open.get(slot)?.nextAt ?? Number.NEGATIVE_INFINITY;
  }

  /** The step that is due now. Past the last one it is asked on, every `everyMs`: it may come back, or the way to it. */
  next(slot: number, timeoutMs: number, everyMs: number, now: MonotonicMs): ProbeStep {
    let probe = this.#open.get(slot);
    if (probe === undefined) {
      probe = { step: 0, nextAt: now };
      this.#open.set(slot, probe);
    }
    const { step } = probe;
    probe.step = step + 1;
    if (step < DIRECT) {
      probe.nextAt = now + timeoutMs;
      return 'ask';
    }
    if (step === DIRECT) {
      probe.nextAt = now + AROUND_TIMES * timeoutMs;
      return 'ask-around';
    }
    probe.nextAt = now + everyMs;
    return step === DIRECT + 1 ? 'exhausted' : 'ask';
  }

  /** The step that was due now is not taken, but due again then. */
  putOff(slot: number, until: number): void {
    const probe = this.#open.get(slot);
    if (probe === undefined) return;
    probe.step -= 1;
    probe.nextAt = until;
  }

  /** It was heard, or is gone. */
  end(slot: number): void {
    this.#open.delete(slot);
  }

  /** Ends all but those that are silent still. */
  keep(silent: ReadonlySet<number>): void {
    for (const slot of this.#open.keys()) if (!silent.has(slot)) this.#open.delete(slot);
  }

  clear(): void {
    this.#open.clear();
  }
}
