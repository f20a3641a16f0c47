// The lines of the demo as things happen. What several agents tell of the same thing within a moment becomes one line that names them all,
// so every line waits that moment before it is printed.

const MOMENT_MS = 300;

interface Entry {
  readonly atMs: number;
  readonly mark: string;
  readonly what: string;
  readonly tellers: string[];
}

export class Timeline {
  readonly #startMs: number;
  readonly #write: (line: string) => void;
  #entries: Entry[] = [];

  constructor(startMs: number, write: (line: string) => void) {
    this.#startMs = startMs;
    this.#write = write;
  }

  /** `mark` is a word that stands out at the line's head, or empty; `teller` the agent that told it, or null when the demo itself does. */
  add(atMs: number, mark: string, what: string, teller: string | null = null): void {
    const same = this.#entries.find((entry) => entry.mark === mark && entry.what === what);
    if (same !== undefined && teller !== null) {
      same.tellers.push(teller);
      return;
    }
    this.#entries.push({ atMs, mark, what, tellers: teller === null ? [] : [teller] });
    // Kept alive by the demo's own work, never by a line.
    setTimeout(() => this.#printUntil(atMs), MOMENT_MS).unref();
  }

  /** Prints what still waits. */
  end(): void {
    this.#printUntil(Number.POSITIVE_INFINITY);
  }

  #printUntil(atMs: number): void {
    const due = this.#entries.filter((entry) => entry.atMs <= atMs).sort((a, b) => a.atMs - b.atMs);
    this.#entries = this.#entries.filter((entry) => entry.atMs > atMs);
    for (const { atMs: since, mark, what, tellers } of due) {
      const seconds = ((since - this.#startMs) / 1000).toFixed(2).padStart(6);
      const by = tellers.length === 0 ? '' : `  (${tellers.sort().join(' ')})`;
      this.#write(`${seconds} s  ${mark.padEnd(7)}  ${what}${by}\n`);
    }
  }
}
