// The chapter of the agent, which shares no module with the others in the bundle (index.ts and full.ts say why). All that it
// needs is imported at once: V8 reads a module that waits behind a dynamic import twice.

import type { CommandLine } from './command-line.ts';
import type { Io } from './io.ts';
import { reporting } from './report.ts';
import { runAgent } from './verbs/agent.ts';

export function runHost(line: CommandLine, io: Io): Promise<number> {
  return reporting(io, () => runAgent(line, io));
}
