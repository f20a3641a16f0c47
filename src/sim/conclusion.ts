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

/** What broke, and the line that shows it again; nothing when nothing broke. */
export function told({ violation, settings }: Report, nodeVersion: string): string[] {
  if (violation === null) return [];
  const { rule, atMs, host, message } = violation;
  return [
    `VIOLATION of ${rule} at ${(atMs / 1000).toFixed(3)} s, ${host}: ${message}`,
    `replay: npm run sim -- ${formatSettings(settings)} --narrate   (Node ${nodeVersion})`,
  ];
}

export function conclude(report: Report, terminal: Terminal): number {
  for (const line of told(report, terminal.nodeVersion)) terminal.print(line);
  if (report.violation !== null) return VIOLATION;
  terminal.print('every invariant held');
  return OK;
}
