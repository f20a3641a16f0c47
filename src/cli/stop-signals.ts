// What INT and TERM mean to an agent: the first asks for a clean stop. npm hands a Ctrl-C on to a process that the terminal
// has told already, so one within a second of the first is the same wish; a later one is somebody who will not wait.

export type StopVerdict = 'stop' | 'ignore' | 'end-now';

const SAME_WISH_MS = 1000;

export class StopSignals {
  #firstAtMs: number | null = null;

  heard(nowMs: number): StopVerdict {
    if (this.#firstAtMs === null) {
      this.#firstAtMs = nowMs;
      return 'stop';
    }
    return nowMs - this.#firstAtMs > SAME_WISH_MS ? 'end-now' : 'ignore';
  }
}
