// `npm run sim`: settings first, then the runs, then what came out; on a failure the one line that replays it.
// Printing, the time of day and the version of Node are handed in: nothing in sim/ touches the machine.

import { formatRun, helpText, parseCommandLine, type RunLine, tablesText } from './command-line.ts';
import { conclude, OK, type Terminal } from './conclusion.ts';
import { portion, summary } from './many.ts';
import { measure } from './measure.ts';
import { run } from './run.ts';

const USAGE = 64;
const PROGRESS_MS = 10_000;

/** The exit code. Mutants, and workers, are made by scripts/sim.mjs: a core is bundled anew for each, and threads are the machine's. */
export function main(argv: readonly string[], terminal: Terminal): number {
  const line = parseCommandLine(argv);
  switch (line.kind) {
    case 'help':
      terminal.print(helpText());
      return OK;
    case 'usage-error':
      terminal.printError(`sim: ${line.message}`);
      terminal.printError('try: npm run sim -- --help');
      return USAGE;
    case 'list-tables':
      terminal.print(tablesText());
      return OK;
    case 'measure':
      return measure(line.measurement, terminal);
    case 'mutate':
      throw new RangeError(`no mutant can be made of the core that is here: ${line.name}`);
    case 'run':
      announce(line, terminal);
      return line.runs === 1
        ? runOne(line, terminal)
        : line.withinMs === null && !line.isCampaign
          ? runMany(line, terminal)
          : runWithin(argv, terminal);
  }
}

/** What is going to be played, before anything is. */
export function announce(line: RunLine, terminal: Terminal): void {
  terminal.print(`sim ${formatRun(line)} (Node ${terminal.nodeVersion})`);
}

function runOne(line: RunLine, terminal: Terminal): number {
  const fromMs = terminal.elapsedMs();
  const narrate = line.isNarrated ? (atMs: number, who: string, what: string) => terminal.print(narration(atMs, who, what)) : null;
  const report = run(line.settings, narrate === null ? {} : { narrate });
  const tookMs = terminal.elapsedMs() - fromMs;
  for (const fault of report.faults) terminal.print(`  ${fault}`);
  for (const [spell, ms] of report.convergenceMs.entries()) {
    terminal.print(`calm spell ${spell + 1}: ${ms === null ? 'not seen to agree' : `agreed after ${(ms / 1000).toFixed(1)} s`}`);
  }
  const speed = report.untilMs / Math.max(1, tookMs);
  terminal.print(
    `${report.nodes} nodes, ${report.untilMs / 1000} virtual seconds in ${(tookMs / 1000).toFixed(1)} s (${speed.toFixed(1)} x real time), ${report.traceCount} things happened, ${report.eventCount} of them told`,
  );
  terminal.print(`trace ${report.traceHash}`);
  return conclude(report, terminal);
}

function runWithin(argv: readonly string[], terminal: Terminal): number {
  return summary([portion(argv, 0, 1, terminal)], terminal);
}

function runMany(line: RunLine, terminal: Terminal): number {
  const fromMs = terminal.elapsedMs();
  let saidMs = fromMs;
  let virtualMs = 0;
  let slowestMs = 0;
  for (let i = 0; i < line.runs; i++) {
    const report = run({ ...line.settings, seed: line.settings.seed + i });
    virtualMs += report.untilMs;
    slowestMs = Math.max(slowestMs, ...report.convergenceMs.map((ms) => ms ?? 0));
    if (report.violation !== null) {
      for (const fault of report.faults) terminal.print(`  ${fault}`);
      return conclude(report, terminal);
    }
    if (terminal.elapsedMs() - saidMs > PROGRESS_MS) {
      saidMs = terminal.elapsedMs();
      terminal.print(`${i + 1} of ${line.runs} seeds`);
    }
  }
  const tookMs = terminal.elapsedMs() - fromMs;
  terminal.print(
    `${line.runs} seeds, ${(virtualMs / 3_600_000).toFixed(1)} virtual hours in ${(tookMs / 1000).toFixed(1)} s; the slowest calm spell agreed after ${(slowestMs / 1000).toFixed(1)} s`,
  );
  terminal.print('every invariant held');
  return OK;
}

/** One line of a transcript: time, host, event. */
export function narration(atMs: number, who: string, what: string): string {
  return `${(atMs / 1000).toFixed(3).padStart(10)}  ${who.padEnd(5)}  ${what}`;
}
