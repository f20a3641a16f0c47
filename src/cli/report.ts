// The one place where a failure turns into words and a code. Stacks are for us, not for the user.

import type { CommandLine } from './command-line.ts';
import { EXIT, Failure } from './exit-codes.ts';
import type { Io } from './io.ts';
import { escapeText } from './print.ts';
import { suggested } from './suggestions.ts';

/** `line`: once it is known, and asks an agent. */
export async function reporting<Result>(io: Io, work: () => Promise<Result>, line: CommandLine | null = null): Promise<Result | number> {
  try {
    return await work();
  } catch (error) {
    return report(error, io, line);
  }
}

function report(error: unknown, io: Io, line: CommandLine | null): number {
  if (error instanceof Failure) {
    const next = line === null ? error.hint : suggested(line, error.hint);
    const hint = next === '' ? '' : `  → ${escapeText(next)}\n`;
    // A message may be a list of several lines; each is escaped by itself.
    io.err.write(`quorate: ${error.message.split('\n').map(escapeText).join('\n')}\n${hint}`);
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  io.err.write(`quorate: internal error: ${escapeText(message)}\n  → this is a bug in quorate; please report it with the line you typed\n`);
  return EXIT.failure;
}
