// Polls about the silent that showed nothing to decide (R9). A voter that one member's packets do not reach, while everyone else's ways
// are whole, would ask the others about it every other second for as long as that lasts, and each answer is a write on every voter's
// disk. So after a few polls in vain about the same lives it asks ever more rarely: the others hear these, and ask for themselves when
// they do not. Whoever falls silent beside them is asked about at once.

import type { Condemned } from '../record/index.ts';
import type { MonotonicMs } from '../time.ts';

/** The first ones may only have come a moment too early. */
const AT_ONCE = 3;
/** In heartbeats. */
const REST_MAX = 16;

export class VainPolls {
  readonly #about = new Set<string>();
  #count = 0;
  #until = 0;

  note(suspects: readonly Condemned[], heartbeatMs: number, now: MonotonicMs): void {
    for (const suspect of suspects) {
      if (this.#about.has(lifeOf(suspect))) continue;
      this.#about.add(lifeOf(suspect));
      this.#count = 0;
    }
    this.#count += 1;
    this.#until = this.#count <= AT_ONCE ? 0 : now + heartbeatMs * Math.min(REST_MAX, 2 ** (this.#count - AT_ONCE));
  }

  /** Until when these, and nobody else, are not asked about again. Whoever is heard again is forgotten here. */
  restUntil(silent: readonly Condemned[]): number {
    const lives = new Set(silent.map(lifeOf));
    for (const life of this.#about) if (!lives.has(life)) this.#about.delete(life);
    if (this.#about.size === 0) this.#count = 0;
    return lives.size > 0 && this.#about.size === lives.size ? this.#until : 0;
  }
}

function lifeOf({ id, incarnation }: Condemned): string {
  return `${id} ${incarnation}`;
}
