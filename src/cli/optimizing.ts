// When V8's optimizing compiler works in an agent's process. An agent does a little of everything a few times a second: what that compiler
// takes, it gets back in hours. Of a hundred agents that start together on two cores each spent 65 of 285 ms on it. So it waits until the
// process has been busy for a while, whether with gossip or with questions; from then on it works as in any other program.

/** A hundred that start on two cores have 2 % each, one that starts alone is below this after its first second. */
const BUSY_SHARE = 1 / 4;
const LOOK_EVERY_MS = 1000;

export interface Process {
  /** Of all its threads, since its start. */
  cpuMs(): number;
  nowMs(): number;
  setFlags(flags: string): void;
}

/** Not before the start is over: under other flags than at the build of Node its own modules would be compiled anew. */
export function optimizeOnceBusy(own: Process): { end(): void } {
  own.setFlags('--no-opt');
  let cpuMs = own.cpuMs();
  let lookedAtMs = own.nowMs();
  const looking = setInterval(() => {
    const [cpuMsNow, nowMs] = [own.cpuMs(), own.nowMs()];
    if (cpuMsNow - cpuMs > BUSY_SHARE * (nowMs - lookedAtMs)) {
      clearInterval(looking);
      own.setFlags('--opt');
    }
    cpuMs = cpuMsNow;
    lookedAtMs = nowMs;
  }, LOOK_EVERY_MS).unref();
  return { end: () => clearInterval(looking) };
}
