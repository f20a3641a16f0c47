// The lines of the demo as things happen. What several agents tell of the same thing within a moment becomes one line that names them all,
// so every line waits that moment before it is printed.

import type { Stamped } from '../support/event-watch.ts';
import type { Life } from '../support/worker-watch.ts';

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

  tellLife({ name, token, startedAtMs, endedAtMs }: Life): void {
    if (endedAtMs === null) this.add(startedAtMs, 'worker', `of ${name} begins to append to the shared file, with token ${token}`);
    else this.add(endedAtMs, 'worker', `of ${name} is dead`);
  }

  /** What a reader wants to follow; the rest of an agent's events is for `quorate events`. */
  tellEvent(teller: string, { event, earliestMs }: Stamped): void {
    switch (event.type) {
      case 'fenced':
        this.add(earliestMs, 'FENCED', `${teller}: ${event.reason}`);
        break;
      case 'quorate':
        this.add(earliestMs, 'quorate', `${teller}`);
        break;
      case 'member-failed':
        this.add(earliestMs, 'failed', `${event.member} is announced failed`, teller);
        break;
      case 'leader-changed':
        this.add(earliestMs, 'leader', leaderLine(teller, event), teller);
        break;
      default:
    }
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

/** The holder that lost its lease is still named by the record it knows. */
function leaderLine(teller: string, { leader, token, isSelf }: Stamped['event']): string {
  if (leader === null || leader === undefined) return 'nobody leads';
  return leader === teller && isSelf === false ? `${leader} leads no more` : `${leader} leads, with token ${token}`;
}
