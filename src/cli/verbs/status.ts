// `quorate status`: where this agent stands, on one screen, and what is wrong with the next thing to type.

import type { StatusJson } from '../../api/contract.ts';
import { withAgent } from '../agent-client.ts';
import { type CommandLine, isSet, textOf } from '../command-line.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { type Colour, escapeText, hasColour, jsonLine, paint, shortDuration } from '../print.ts';
import { suggested } from '../suggestions.ts';
import { elapsedMs, HOST_CLOCKS, type Moment, momentOf } from '../supervise/deadline.ts';

export async function showStatus(line: CommandLine, io: Io): Promise<number> {
  const demand = demandOf(line);
  const next = (sentence: string): string => suggested(line, sentence);
  if (isSet(line, 'watch') && !isSet(line, 'quiet')) {
    const { watch } = await import('../watch.ts');
    return watch(io, isSet(line, 'json'), async () => {
      const { status } = await askStatus(line, io, demand);
      return { screen: statusText(io, status, next), document: status, key: lastingPart(status) };
    });
  }
  const asked = await askStatus(line, io, demand);
  const { status, unconfirmed } = asked;
  if (!isSet(line, 'quiet')) {
    io.out.write(isSet(line, 'json') ? jsonLine(status) : statusText(io, status, next));
    if (unconfirmed !== null) io.err.write(`not confirmed: ${escapeText(unconfirmed)}\n`);
  }
  return exitCodeOf(asked, demand);
}

interface Demand {
  readonly minLeaseMs: number;
  readonly mustConfirm: boolean;
}

interface Asked {
  readonly status: StatusJson;
  /** Noted before the question was sent: what remains of the lease counts from there. */
  readonly sentAt: Moment;
  /** Null: a majority confirmed it, or none was asked. */
  readonly unconfirmed: string | null;
}

function demandOf(line: CommandLine): Demand {
  const text = textOf(line, 'min-lease');
  if (text !== null && !/^\d{1,9}$/.test(text))
    throw new Failure(EXIT.usage, `status: --min-lease '${text}' is not a number of milliseconds`, 'for example --min-lease 1000');
  return { minLeaseMs: text === null ? 0 : Number(text), mustConfirm: isSet(line, 'confirm') };
}

// The confirmation first: what is shown is then not older than the answer of the majority.
async function askStatus(line: CommandLine, io: Io, { mustConfirm }: Demand): Promise<Asked> {
  return withAgent(line, io, async (agent) => {
    const unconfirmed = mustConfirm ? await agent.confirm() : null;
    const sentAt = momentOf(HOST_CLOCKS);
    return { status: await agent.status(), sentAt, unconfirmed };
  });
}

function exitCodeOf({ status, sentAt, unconfirmed }: Asked, { minLeaseMs }: Demand): number {
  const leftMs = (status.lease?.remainingMs ?? 0) - elapsedMs(sentAt, HOST_CLOCKS);
  const isHeld = status.standing === 'quorate' && leftMs > 0 && leftMs >= minLeaseMs;
  return isHeld && unconfirmed === null ? EXIT.done : EXIT.notQuorate;
}

/** Label and value a line; off a terminal they are separated by a tab. `next` words what the reader is to type. */
export function statusText(io: Io, status: StatusJson, next = (sentence: string): string => sentence): string {
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
  text += lineOf('can lose', next(canLoseText(status)), status.quorum?.canLose === 0 ? 'yellow' : null);
  text += lineOf('lease', leaseText(status));
  text += lineOf('leader', leaderText(status));
  if (status.record !== null) text += lineOf('record', `version ${status.record.version}, epoch ${status.record.epoch}`);
  text += lineOf('profile', status.profile);
  text += lineOf('socket', status.socket);
  text += lineOf('up', io.out.isTerminal ? shortDuration(status.uptimeMs) : String(status.uptimeMs));
  text += lineOf('version', status.version);
  text += fenceLines(status, lineOf, next);
  for (const { code, message, hint } of status.problems) {
    text += lineOf('problem', `${code}: ${message}`, 'red');
    if (hint !== '') text += lineOf('  →', next(hint));
  }
  return text;
}

function membersText({ members }: StatusJson): string {
  const counts = Object.entries(members).filter(([state, count]) => state === 'alive' || count > 0);
  return counts.map(([state, count]) => `${count} ${state}`).join(', ');
}

function quorumText({ quorum }: StatusJson): string {
  if (quorum === null) return 'none: this agent is in no cluster yet';
  const { acking, voters, needed, isVoter } = quorum;
  return `${acking} of ${voters} voters acknowledge, ${needed} needed${isVoter ? '' : '; this one does not vote'}`;
}

function canLoseText({ quorum, standing }: StatusJson): string {
  if (quorum === null || standing !== 'quorate') return 'nothing: there is no quorum';
  if (quorum.canLose === 0) return 'no voter: the next loss fences this agent (quorate explain)';
  return quorum.canLose === 1 ? '1 voter' : `${quorum.canLose} voters`;
}

function leaseText({ lease }: StatusJson): string {
  if (lease === null || lease.remainingMs === 0) return 'none';
  return `${shortDuration(lease.remainingMs)} left of ${shortDuration(lease.fenceMs)}`;
}

type LineOf = (label: string, value: string, colour?: Colour | null) => string;

// The present fencing with its evidence; of an earlier one only that it was.
function fenceLines({ fence, standing }: StatusJson, lineOf: LineOf, next: (sentence: string) => string): string {
  if (fence === null) return '';
  const isPresent = standing === 'fenced' || standing === 'fence-failed';
  const told = `${fence.message} (${fence.reason}, ${fence.since})`;
  if (!isPresent) return lineOf('earlier', `fenced: ${told}`);
  let text = lineOf('fenced', told, 'red');
  for (const { voter, ackAgeMs } of fence.evidence)
    text += lineOf('', `${voter}: ${ackAgeMs === null ? 'no acknowledgement' : `last acknowledged ${shortDuration(ackAgeMs)} before`}`);
  return text + lineOf('  →', next('quorate explain fence'));
}

function leaderText({ leader }: StatusJson): string {
  return leader === null ? 'none' : `${leader.name}${leader.isSelf ? ' (this)' : ''}, token ${leader.token}`;
}

// Without what differs at every look: clocks, ages, and what is left of the lease.
function lastingPart({ uptimeMs: _uptime, lease: _lease, record, ...rest }: StatusJson): string {
  return JSON.stringify({ ...rest, version: record?.version, voters: record?.voters.map(({ id }) => id) });
}
