// Suspicions that travel: of whom is to be told, and how many more times. Whether a member is then told as suspected or as heard again
// is asked at the telling, so that a rumour that was overtaken never goes out. Whoever was told of is remembered until the doubt is over:
// only doubt that travelled needs to be taken back in public.

/** In one datagram: 14 bytes each fit several times over. */
const TOLD_MAX = 64;

export class DoubtNews {
  readonly #tellings = new Map<number, number>();
  /** The counter that the doubt rests on, as its voter told it: whoever passes it on knows nothing better. */
  readonly #public = new Map<number, number>();
  #hasNews = false;

  get size(): number {
    return this.#tellings.size;
  }

  /** There is one that has not been told at all. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

  /** Doubt about it has travelled, and was not taken back yet. */
  isPublic(slot: number): boolean {
    return this.#public.has(slot);
  }

  /** What the doubt about it rests on; only of one that is public. */
  counterOf(slot: number): number {
    return this.#public.get(slot) ?? 0;
  }

  doubted(slot: number, counter: number, memberCount: number): void {
    this.#public.set(slot, counter);
    this.#add(slot, memberCount);
  }

  /** Heard again, by whoever believed the doubt, or the doubted one itself. */
  cleared(slot: number, memberCount: number): void {
    this.#public.delete(slot);
    this.#add(slot, memberCount);
  }

  /** Somebody who needs it was met: once more is enough. */
  addOnce(slot: number): void {
    if (this.#tellings.has(slot)) return;
    this.#tellings.set(slot, 1);
    this.#hasNews = true;
  }

  drop(slot: number): void {
    this.#public.delete(slot);
    this.#tellings.delete(slot);
  }

  /** The youngest first, each counted as told once. */
  take(): number[] {
    this.#hasNews = false;
    const slots = [...this.#tellings.keys()].reverse().slice(0, TOLD_MAX);
    for (const slot of slots) {
      const left = this.#tellings.get(slot)! - 1;
      if (left === 0) this.#tellings.delete(slot);
      else this.#tellings.set(slot, left);
    }
    return slots;
  }

  #add(slot: number, memberCount: number): void {
    this.#tellings.delete(slot);
    this.#tellings.set(slot, 2 + Math.ceil(Math.log10(memberCount + 1)));
    this.#hasNews = true;
  }
}
