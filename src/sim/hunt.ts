// The hunt for a mutant: the schedule that is known to catch it first, then others by chance until the time is over. It counts as
// caught only by the rule that stands for what was taken out: that anything at all went wrong proves nothing about a checker.

import { formatSettings } from './command-line.ts';
import { conclude, OK, type Terminal } from './conclusion.ts';
import { type Report, run } from './run.ts';

export interface Hunted {
  readonly name: string;
  readonly rule: string;
  readonly scene: string;
  /** The shortest known to catch it. */
  readonly seed: number;
  /** The checker that must speak. Null: nothing is taken out, and none of I1 to I10 may. */
  readonly by: string | null;
}

export interface Pursuit {
  readonly runs: number;
  /** What ended it; null when nothing did. */
  readonly report: Report | null;
}

const HUNT_MS = 25_000;
const NOT_CAUGHT = 1;

/** Until the rule spoke, or somebody says that it is enough. */
export function pursue({ scene, seed, by }: Hunted, isEnough: (runs: number) => boolean): Pursuit {
  let runs = 0;
  for (;;) {
    const report = run({ seed: runs === 0 ? seed : runs, scene, nodes: null, untilMs: null });
    runs += 1;
    const spoke = report.violation?.rule ?? '';
    // What a wrong policy costs is calm, and that is allowed.
    if (by === null ? /^I\d/.test(spoke) : spoke === by) return { runs, report };
    if (isEnough(runs)) return { runs, report: null };
  }
}

/** The exit code: 0 when the mutant is caught in time, or when it is harmless and was not. */
export function hunt(mutant: Hunted, terminal: Terminal): number {
  const fromMs = terminal.elapsedMs();
  terminal.print(`mutant ${mutant.name}: ${mutant.rule}`);
  const { runs, report } = pursue(mutant, () => terminal.elapsedMs() - fromMs > HUNT_MS);
  const violation = report?.violation ?? null;
  if (report === null || violation === null) {
    terminal.print(
      mutant.by === null
        ? `harmless: I1 to I10 held in ${runs} seeds of ${mutant.scene}`
        : `NOT CAUGHT by ${runs} seeds of ${mutant.scene}, which ${mutant.by} must`,
    );
    return mutant.by === null ? OK : NOT_CAUGHT;
  }
  if (mutant.by === null) return conclude(report, terminal);
  const tookS = ((terminal.elapsedMs() - fromMs) / 1000).toFixed(1);
  terminal.print(
    `caught after ${tookS} s by ${violation.rule}, npm run sim -- --mutate=${mutant.name} (${formatSettings(report.settings)}): ${violation.host}: ${violation.message}`,
  );
  return OK;
}
