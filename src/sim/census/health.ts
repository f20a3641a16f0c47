// Who is to blame for what is thought of it: a member whose process is down or stands still, or whose own links are at fault, and
// for a while after that is over. Who inflicts a fault says whom it makes ill; loss that everyone has is weather, and makes nobody ill.

export class Health {
  readonly #graceMs: number;
  readonly #ills: number[] = [];
  readonly #wellSinceMs: number[] = [];

  /** `graceMs`: so long after its recovery others may still be of the opinion that they came to before. */
  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  fallIll(host: number): void {
    this.#ills[host] = (this.#ills[host] ?? 0) + 1;
  }

  /** Of one of its ills. */
  recover(host: number, nowMs: number): void {
    this.#ills[host] = Math.max(0, (this.#ills[host] ?? 0) - 1);
    this.#wellSinceMs[host] = nowMs;
  }

  isHealthy(host: number, nowMs: number): boolean {
    return (this.#ills[host] ?? 0) === 0 && nowMs - (this.#wellSinceMs[host] ?? Number.NEGATIVE_INFINITY) > this.#graceMs;
  }
}
