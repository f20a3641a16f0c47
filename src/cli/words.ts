// The chapter of words: what yargs is needed for, the lines that parse-plain.ts declined and help. In the bundle it shares no
// module with the chapter of deeds, full.ts: only arguments, Io, a parsed line or an exit code cross the border.

import type { CommandLine } from './command-line.ts';
import type { Io } from './io.ts';
import { parseFull } from './parse-full.ts';
import { reporting } from './report.ts';
import { showHelp } from './verbs/help.ts';

/** The line; or the exit code, when the line was a question for help or was wrong, and all is said. */
export function understand(argv: readonly string[], io: Io): Promise<CommandLine | number> {
  return reporting<CommandLine | number>(io, async () => {
    const line = parseFull(argv);
    return line.verb === 'help' ? showHelp(line, io) : line;
  });
}
