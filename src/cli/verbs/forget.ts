// `quorate forget NAME`: takes a member that is gone off the list. The agent refuses it for one that is alive.

import { withAgent } from '../agent-client.ts';
import type { CommandLine } from '../command-line.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { escapeText } from '../print.ts';

/** The majority condemns it first, and the full wait of the timings follows. */
const FORGET_TIMEOUT_MS = 60_000;

export async function forget(line: CommandLine, io: Io): Promise<number> {
  const name = line.operands[0] ?? '';
  await withAgent(line, io, (agent) => agent.ask('POST', '/v1/forget', { name }), { timeoutMs: FORGET_TIMEOUT_MS });
  io.err.write(`${escapeText(name)} is forgotten\n`);
  return EXIT.done;
}
