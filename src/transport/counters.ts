// What went wrong, by name: nothing that a network does is an exception. Names are made of fixed words and the system's error
// codes, never of bytes that came in, so there are only so many.

export class Counters {
  readonly #counts = new Map<string, number>();

  get all(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }
}
