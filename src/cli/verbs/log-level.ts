// `quorate log-level LEVEL`: until the agent's next start; `--log-level` is what lasts.

import { withAgent } from '../agent-client.ts';
import type { CommandLine } from '../command-line.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { nearest } from '../nearest.ts';
import { LOG_LEVELS } from '../option-table.ts';

export async function setLogLevel(line: CommandLine, io: Io): Promise<number> {
  const level = line.operands[0] ?? '';
  if (!LOG_LEVELS.some((known) => known === level)) {
    const near = nearest(level, LOG_LEVELS);
    const hint = `one of: ${LOG_LEVELS.join(', ')}`;
    throw new Failure(EXIT.usage, `log-level: there is no level '${level}'`, near === null ? hint : `did you mean '${near}'? ${hint}`);
  }
  await withAgent(line, io, (agent) => agent.ask('PUT', '/v1/log-level', { level }));
  io.err.write(`the agent logs at ${level} until it is started again\n`);
  return EXIT.done;
}
