// The world's name service: host names to addresses, asked anew each time, sometimes down.
// Which seeds a node asks for, and how often, is the core's business.

import type { Resolver } from '../agent/ports.ts';
import type { Address, Random } from '../core/index.ts';
import type { Scheduler } from './scheduler.ts';

const ANSWER_MS = { from: 0.3, to: 8 } as const;
const FAILURE_MS = 2000;

export class Names implements Resolver {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #addresses = new Map<string, Address[]>();
  isDown = false;

  constructor(scheduler: Scheduler, random: Random) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  /** Replaces what the name stood for. */
  set(name: string, addresses: readonly Address[]): void {
    this.#addresses.set(name, addresses.slice());
  }

  resolve(seed: string, done: (addresses: readonly Address[], problem: string | null) => void): void {
    if (this.isDown) {
      this.#scheduler.schedule(FAILURE_MS, () => done([], `EAI_AGAIN ${seed}`));
      return;
    }
    this.#scheduler.schedule(this.#random.between(ANSWER_MS.from, ANSWER_MS.to), () => {
      const addresses = this.#addresses.get(seed);
      if (addresses === undefined) done([], `ENOTFOUND ${seed}`);
      else done(addresses.slice(), null);
    });
  }
}
