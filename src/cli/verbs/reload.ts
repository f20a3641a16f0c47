// `quorate reload`: the agent reads its settings file again, as it does on HUP, and says what that changed.

import { withAgent } from '../agent-client.ts';
import type { CommandLine } from '../command-line.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { escapeText } from '../print.ts';

export async function reload(line: CommandLine, io: Io): Promise<number> {
  const answer = await withAgent(line, io, (agent) => agent.ask('POST', '/v1/reload'));
  const changed = textsIn(answer, 'changed');
  const needsRestart = textsIn(answer, 'needsRestart');
  io.err.write(changed.length === 0 ? 'nothing changed\n' : `changed: ${escapeText(changed.join(', '))}\n`);
  if (needsRestart.length > 0) io.err.write(`only a restart changes: ${escapeText(needsRestart.join(', '))}\n`);
  return EXIT.done;
}

function textsIn(answer: unknown, key: string): readonly string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  const value: unknown = Reflect.get(answer, key);
  return Array.isArray(value) ? value.filter((part) => typeof part === 'string') : [];
}
