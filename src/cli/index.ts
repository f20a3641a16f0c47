// The door of the command line: from the words typed to an exit code. `quorate members` in a loop pays for each module that
// is loaded, so only what the hot verbs need is imported here; host.ts holds the agent and full.ts the rest. scripts/build.mjs
// relies on these imports being the only way there: it keeps all behind them as unparsed text in the bundle.

import type { CommandLine } from './command-line.ts';
import type { Io } from './io.ts';
import { parsePlain } from './parse-plain.ts';
import { reporting } from './report.ts';
import { showLeader } from './verbs/leader.ts';
import { showMembers } from './verbs/members.ts';
import { showStatus } from './verbs/status.ts';

export { type Io, processIo } from './io.ts';

const HOT_VERBS: readonly string[] = ['status', 'members', 'leader'];

export async function main(argv: readonly string[], io: Io): Promise<number> {
  const line = parsePlain(argv);
  if (line !== null && HOT_VERBS.includes(line.verb)) return reporting(io, () => runHot(line, io), line);
  if (line?.verb === 'agent') return (await import('./host.ts')).runHost(line, io);
  const { runFull } = await import('./full.ts');
  return runFull(argv, io);
}

function runHot(line: CommandLine, io: Io): Promise<number> {
  if (line.verb === 'status') return showStatus(line, io);
  if (line.verb === 'members') return showMembers(line, io);
  return showLeader(line, io);
}
