// `quorate leader`: its name, for scripts. None is words, not data: stdout stays empty, and the code is 2.

import { withAgent } from '../agent-client.ts';
import { type CommandLine, isSet } from '../command-line.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { escapeText, jsonLine } from '../print.ts';

export async function showLeader(line: CommandLine, io: Io): Promise<number> {
  const leader = await withAgent(line, io, (agent) => agent.leader());
  if (isSet(line, 'json')) io.out.write(jsonLine({ leader }));
  else if (leader === null) io.err.write('no leader\n');
  else
    io.out.write(
      io.out.isTerminal ? `${escapeText(leader.name)}, token ${leader.token}\n` : `${escapeText(leader.name)}\t${leader.token}\n`,
    );
  return leader === null ? EXIT.notQuorate : EXIT.done;
}
