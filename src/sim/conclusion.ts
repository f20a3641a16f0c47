// What is said at the end of a run, and the exit code: that all held, or what broke and the one line that replays it.

import { formatSettings } from './command-line.ts';
import type { Report } from './run.ts';

export interface Terminal {
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  readonly nodeVersion: string;
  /** Of the real clock, for the speed that is printed; decides nothing. */
  readonly elapsedMs: () => number;
}

export const OK = 0;
const VIOLATION = 1;

/** What broke and how to see it again. */
export function conclude(report: Report, terminal: Terminal): number {
  const { violation } = report;
  if (violation === null) {
    terminal.print('every invariant held');
    return OK;
  }
  terminal.print(`VIOLATION of ${violation.rule} at ${(violation.atMs / 1000).toFixed(3)} s, ${violation.host}: ${violation.message}`);
  terminal.print(`replay: npm run sim -- ${formatSettings(report.settings)} --narrate   (Node ${terminal.nodeVersion})`);
  return VIOLATION;
}
