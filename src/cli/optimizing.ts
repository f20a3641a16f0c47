// When V8's optimizing compiler works in an agent's process: once it has something to do. Of a hundred agents that start together on two
// cores each spent 65 of 285 ms on it, for code most of which hardly ran again; and one of five that idle takes longer to get it back than
// anyone looks. A voter of fifty, or an agent that is asked a lot, has it back within a minute, and then runs at half the cost.

const LOOK_EVERY_MS = 1000;
/** Between two looks. A hundred that start on two cores have 2 % each, one that starts alone is below this after its first second. */
const BUSY_SHARE = 1 / 4;
const START_MS = 60_000;
/** Over a longer spell, once the start is over. */
const SPELL_MS = 20_000;
const WORTH_SHARE = 1 / 150;

export interface Process {
  /** Of all its threads, since its start. */
  cpuMs(): number;
  nowMs(): number;
  setFlags(flags: string): void;
}

/** Not before the modules are loaded: under other flags than at the build of Node its own would be compiled anew. */
export function optimizeWhenWorthIt(own: Process): { end(): void } {
  own.setFlags('--no-opt');
  const startedAtMs = own.nowMs();
  const look = new Spell(own, 0);
  const spell = new Spell(own, SPELL_MS);
  const looking = setInterval(() => {
    const isStarting = own.nowMs() - startedAtMs <= START_MS;
    if (spell.ended() <= (isStarting ? 1 : WORTH_SHARE) && look.ended() <= BUSY_SHARE) return;
    clearInterval(looking);
    own.setFlags('--opt');
  }, LOOK_EVERY_MS).unref();
  return { end: () => clearInterval(looking) };
}

class Spell {
  readonly #own: Process;
  readonly #lengthMs: number;
  #sinceMs: number;
  #cpuMs: number;

  constructor(own: Process, lengthMs: number) {
    this.#own = own;
    this.#lengthMs = lengthMs;
    this.#sinceMs = own.nowMs();
    this.#cpuMs = own.cpuMs();
  }

  /** The share of a core that it took, and the next one begins; 0 while it lasts. */
  ended(): number {
    const [nowMs, cpuMs] = [this.#own.nowMs(), this.#own.cpuMs()];
    if (nowMs - this.#sinceMs < this.#lengthMs) return 0;
    const share = (cpuMs - this.#cpuMs) / (nowMs - this.#sinceMs);
    this.#sinceMs = nowMs;
    this.#cpuMs = cpuMs;
    return share;
  }
}
