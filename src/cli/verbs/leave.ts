// `quorate leave`: this member leaves for good, and its agent ends with 0. Stopping an agent is a signal's business.

import { withAgent } from '../agent-client.ts';
import type { CommandLine } from '../command-line.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';

/** Children end, the leadership and the vote are handed over, each after the wait that the timings set. */
const LEAVE_TIMEOUT_MS = 180_000;

export async function leave(line: CommandLine, io: Io): Promise<number> {
  const { clusterId } = await withAgent(
    line,
    io,
    async (agent) => {
      const status = await agent.status();
      await agent.ask('POST', '/v1/leave');
      return status;
    },
    { timeoutMs: LEAVE_TIMEOUT_MS },
  );
  io.err.write(clusterId === null ? 'it was in no cluster yet; the agent ends\n' : 'left the cluster; the agent ends\n');
  return EXIT.done;
}
