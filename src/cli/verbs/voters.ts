// `quorate voters`: who votes, or a change of it. The agent answers once the change is decided, or says why it is not.

import { withAgent } from '../agent-client.ts';
import { type CommandLine, isSet } from '../command-line.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { escapeText, jsonLine, shortDuration, table } from '../print.ts';
import { suggested } from '../suggestions.ts';

/** A change waits for the dwell, and for a majority. */
const CHANGE_TIMEOUT_MS = 180_000;
const FORM = 'the form is: quorate voters [add|remove NAME]';

export async function voters(line: CommandLine, io: Io): Promise<number> {
  const [action, name] = line.operands;
  if (action === undefined) return list(line, io);
  if (action !== 'add' && action !== 'remove') throw new Failure(EXIT.usage, `voters: '${action}' is neither add nor remove`, FORM);
  if (name === undefined) throw new Failure(EXIT.usage, `voters ${action}: whom?`, FORM);
  await withAgent(line, io, (agent) => agent.ask('POST', '/v1/voters', { [action]: name }), { timeoutMs: CHANGE_TIMEOUT_MS });
  // A wish (R11): one change of the voters a dwell.
  const wish = action === 'add' ? 'will vote' : 'will vote no more';
  io.err.write(`${escapeText(name)} ${wish}, as soon as the voters have decided it: ${suggested(line, 'quorate voters')} shows when\n`);
  return EXIT.done;
}

/** Off a terminal: name, id, age of the newest ack in ms. */
async function list(line: CommandLine, io: Io): Promise<number> {
  const { record, quorum } = await withAgent(line, io, (agent) => agent.status());
  if (isSet(line, 'json')) io.out.write(jsonLine({ record, quorum }));
  else if (record === null) io.err.write('no voters: this agent knows no record of a cluster yet\n');
  else {
    const age = (ms: number | null): string => (ms === null ? '' : io.out.isTerminal ? shortDuration(ms) : String(ms));
    const rows = record.voters.map(({ name, id, ackAgeMs }) => [{ text: name }, { text: id }, { text: age(ackAgeMs) }]);
    io.out.write(table(io, ['VOTER', 'ID', 'LAST ACK'], rows));
  }
  return EXIT.done;
}
