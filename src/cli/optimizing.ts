// When V8's optimizing compiler works in an agent's process: not during its first minute. Of a hundred agents that start together on two
// cores each spent 65 of 285 ms on it, for code most of which hardly runs again; what a voter does all day it gets back within minutes.
// Who is busy for a second, with gossip or with questions, does not wait for that minute.

/** A hundred that start on two cores have 2 % each, one that starts alone is below this after its first second. */
const BUSY_SHARE = 1 / 4;
const LOOK_EVERY_MS = 1000;
const START_MS = 60_000;

export interface Process {
  /** Of all its threads, since its start. */
  cpuMs(): number;
  nowMs(): number;
  setFlags(flags: string): void;
}

/** Not before the modules are loaded: under other flags than at the build of Node its own would be compiled anew. */
export function optimizeAfterStart(own: Process): { end(): void } {
  own.setFlags('--no-opt');
  const startedAtMs = own.nowMs();
  let lookedAtMs = startedAtMs;
  let cpuMs = own.cpuMs();
  const looking = setInterval(() => {
    const [cpuMsNow, nowMs] = [own.cpuMs(), own.nowMs()];
    if (nowMs - startedAtMs >= START_MS || cpuMsNow - cpuMs > BUSY_SHARE * (nowMs - lookedAtMs)) {
      clearInterval(looking);
      own.setFlags('--opt');
    }
    cpuMs = cpuMsNow;
    lookedAtMs = nowMs;
  }, LOOK_EVERY_MS).unref();
  return { end: () => clearInterval(looking) };
}
