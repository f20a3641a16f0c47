// `quorate status`: where this agent stands, on one screen, and what is wrong with the next thing to type.

import type { StatusJson } from '../../api/contract.ts';
import { withAgent } from '../agent-client.ts';
import { type CommandLine, isSet } from '../command-line.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { type Colour, escapeText, hasColour, jsonLine, paint, shortDuration } from '../print.ts';

export async function showStatus(line: CommandLine, io: Io): Promise<number> {
  const ask = (): Promise<StatusJson> => withAgent(line, io, (agent) => agent.status());
  if (isSet(line, 'watch') && !isSet(line, 'quiet')) {
    const { watch } = await import('../watch.ts');
    return watch(io, isSet(line, 'json'), async () => {
      const status = await ask();
      return { screen: statusText(io, status), document: status, key: lastingPart(status) };
    });
  }
  const status = await ask();
  if (!isSet(line, 'quiet')) io.out.write(isSet(line, 'json') ? jsonLine(status) : statusText(io, status));
  return exitCodeOf(status);
}

// Without a quorum check nobody can be told apart from the quorate, so the answer itself is the success.
function exitCodeOf(status: StatusJson): number {
  return status.quorum === null || status.standing === 'quorate' ? EXIT.done : EXIT.notQuorate;
}

/** Label and value a line; off a terminal they are separated by a tab. */
export function statusText(io: Io, status: StatusJson): string {
  const isColoured = hasColour(io);
  const lineOf = (label: string, value: string, colour: Colour | null = null): string => {
    const shown = paint(escapeText(value), colour, isColoured);
    return io.out.isTerminal ? `${label.padEnd(9)} ${shown}\n` : `${label}\t${shown}\n`;
  };
  const cluster = status.clusterId === null ? `${status.cluster} (not joined yet)` : `${status.cluster} (${status.clusterId})`;
  let text = lineOf('standing', status.standing, status.standing === 'quorate' ? 'green' : 'yellow');
  text += lineOf('name', `${status.name} (${status.id})`);
  text += lineOf('cluster', cluster);
  text += lineOf('address', status.address);
  text += lineOf('members', membersText(status));
  text += lineOf('quorum', quorumText(status));
  text += lineOf('leader', leaderText(status));
  text += lineOf('profile', status.profile);
  text += lineOf('socket', status.socket);
  text += lineOf('up', io.out.isTerminal ? shortDuration(status.uptimeMs) : String(status.uptimeMs));
  text += lineOf('version', status.version);
  if (status.fence !== null)
    text += lineOf('fenced', `${status.fence.message} (${status.fence.reason}, since ${status.fence.since})`, 'red');
  for (const { code, message, hint } of status.problems) {
    text += lineOf('problem', `${code}: ${message}`, 'red');
    if (hint !== '') text += lineOf('  →', hint);
  }
  return text;
}

function membersText({ members }: StatusJson): string {
  const counts = Object.entries(members).filter(([state, count]) => state === 'alive' || count > 0);
  return counts.map(([state, count]) => `${count} ${state}`).join(', ');
}

function quorumText({ quorum, standing }: StatusJson): string {
  if (quorum === null) return `this cluster keeps no record of voters yet, so nothing checks a quorum and the standing stays ${standing}`;
  return `${quorum.acking} of ${quorum.voters} voters answer, ${quorum.needed} needed, ${quorum.canLose} may be lost`;
}

function leaderText({ leader }: StatusJson): string {
  return leader === null ? 'none' : `${leader.name}${leader.isSelf ? ' (this)' : ''}, token ${leader.token}`;
}

function lastingPart({ uptimeMs: _uptime, lease: _lease, ...rest }: StatusJson): string {
  return JSON.stringify(rest);
}
