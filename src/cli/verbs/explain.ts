// `quorate explain [NAME|fence|leader]`: what is so, why, and what to do next, in sentences. Everything said is drawn from the
// status and the list of the agent; nothing is guessed that they do not hold.

import type { FenceJson, MemberJson, StatusJson } from '../../api/contract.ts';
import { withAgent } from '../agent-client.ts';
import { type CommandLine, isSet } from '../command-line.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { nearest } from '../nearest.ts';
import { escapeText, jsonLine, shortDuration } from '../print.ts';
import { suggested } from '../suggestions.ts';

/** `next`: what to type or to look at; empty when there is nothing to do. */
export interface Explanation {
  readonly subject: string;
  readonly is: string;
  readonly because: readonly string[];
  readonly next: readonly string[];
}

export async function explain(line: CommandLine, io: Io): Promise<number> {
  const subject = line.operands[0] ?? 'quorum';
  const { status, members } = await withAgent(line, io, async (agent) => ({
    status: await agent.status(),
    members: (await agent.members()).members,
  }));
  const explained = explanationOf(subject, status, members);
  const explanation = { ...explained, next: explained.next.map((step) => suggested(line, step)) };
  io.out.write(isSet(line, 'json') ? jsonLine(explanation) : explanationText(explanation));
  return EXIT.done;
}

export function explanationOf(subject: string, status: StatusJson, members: readonly MemberJson[]): Explanation {
  if (subject === 'quorum') return quorumExplained(status, members);
  if (subject === 'fence') return fenceExplained(status, members);
  if (subject === 'leader') return leaderExplained(status, members);
  const member = members.find(({ name }) => name === subject);
  if (member !== undefined) return memberExplained(member, status);
  const known = ['fence', 'leader', ...members.map(({ name }) => name)];
  const near = nearest(subject, known);
  throw new Failure(
    EXIT.failure,
    `explain: there is no member '${subject}'`,
    near === null ? `what can be explained: ${known.join(', ')}` : `did you mean: quorate explain ${near}`,
  );
}

function explanationText({ is, because, next }: Explanation): string {
  const lines = [is, ...because.map((reason) => `  because  ${reason}`), ...next.map((step) => `  next     ${step}`)];
  return `${lines.map(escapeText).join('\n')}\n`;
}

function quorumExplained(status: StatusJson, members: readonly MemberJson[]): Explanation {
  const { name, quorum, lease, standing } = status;
  if (quorum === null)
    return { subject: 'quorum', is: `${name} is ${standing}: it is in no cluster yet`, because: [], next: problemsOf(status) };
  const counted = `${quorum.acking} of ${quorum.voters} voters acknowledge it, ${quorum.needed} are needed`;
  if (standing !== 'quorate') return { ...fenceExplained(status, members), subject: 'quorum' };
  const because = [counted, `its lease holds for another ${shortDuration(lease?.remainingMs ?? 0)}, renewed all the time`];
  const spare = quorum.canLose === 1 ? '1 voter' : `${quorum.canLose} voters`;
  if (quorum.canLose > 0) return { subject: 'quorum', is: `${name} is quorate; ${spare} may be lost`, because, next: [] };
  return { subject: 'quorum', is: `${name} is quorate, but no voter may be lost`, because, next: sparing(status, members) };
}

/** What makes room for the loss of a voter. */
function sparing({ quorum }: StatusJson, members: readonly MemberJson[]): string[] {
  const missing = members.filter(({ voter, state }) => voter && state !== 'alive').map(({ name }) => name);
  if (missing.length > 0) return [`bring back ${missing.join(', ')}, or take its vote: quorate voters remove ${missing[0]}`];
  if ((quorum?.voters ?? 0) < 3) return ['add members: with three voters one may be lost; a third one may be a small witness (--no-lead)'];
  return ['see which voters are slow to answer: quorate voters'];
}

function fenceExplained(status: StatusJson, members: readonly MemberJson[]): Explanation {
  const { name, standing, fence, quorum } = status;
  if (fence === null) {
    const is =
      standing === 'quorate' ? `${name} is quorate and was never fenced in what it remembers` : `${name} is ${standing}, not fenced`;
    return { subject: 'fence', is, because: [], next: problemsOf(status) };
  }
  const because = [`${fence.message} (${fence.reason})`, ...fence.evidence.map(evidenceText)];
  if (standing === 'quorate')
    return { subject: 'fence', is: `${name} is quorate again; it was fenced at ${fence.since}`, because, next: [] };
  const silent = members.filter(({ voter, state, name: other }) => voter && state !== 'alive' && other !== name).map((one) => one.name);
  const now = quorum === null ? [] : [`now ${quorum.acking} of ${quorum.voters} voters acknowledge it, ${quorum.needed} are needed`];
  return {
    subject: 'fence',
    is: `${name} is ${standing} since ${fence.since}: nothing runs here under a lease`,
    because: [...because, ...now],
    next: [...nextOfFence(status, fence, silent), ...problemsOf(status)],
  };
}

function nextOfFence({ standing, record }: StatusJson, fence: FenceJson, silent: readonly string[]): string[] {
  if (standing === 'fence-failed')
    return ['a process under `quorate run` could not be ended: find and end it, the agent then goes on by itself'];
  if (fence.reason === 'storage') return ['make room or mend the disk of the state directory'];
  if (fence.reason === 'superseded') return ['two agents use copies of one state directory: stop one and give it its own'];
  const cut = silent.length === 0 ? 'the other voters' : silent.join(', ');
  const steps = [`see whether ${cut} can be reached from here by UDP and TCP; once a majority is, it heals by itself`];
  if (record !== null && silent.length > 0) steps.push('if a majority of the voters is lost for good: quorate recover --force');
  return steps;
}

function evidenceText({ voter, ackAgeMs }: FenceJson['evidence'][number]): string {
  return ackAgeMs === null ? `${voter} had not acknowledged it at all` : `${voter} had acknowledged it ${shortDuration(ackAgeMs)} before`;
}

function leaderExplained(status: StatusJson, members: readonly MemberJson[]): Explanation {
  const { leader, name, standing } = status;
  if (leader === null) {
    const is = 'there is no leader';
    if (standing !== 'quorate') {
      return {
        subject: 'leader',
        is,
        because: [`${name} is ${standing}: who has no quorum cannot know one`],
        next: ['quorate explain fence'],
      };
    }
    const candidates = members.filter(({ voter, state }) => voter && state === 'alive').map((one) => one.name);
    const because = [`none of the voters has been named yet: ${candidates.join(', ')}`];
    return { subject: 'leader', is, because, next: ['a voter that may lead names itself within seconds, unless all run with --no-lead'] };
  }
  const because = [`the record names it, with token ${leader.token}`];
  const member = members.find((one) => one.name === leader.name);
  if (leader.isSelf) because.push('this agent holds its lease');
  else if (member !== undefined && member.state !== 'alive')
    because.push(`it is ${member.state} here, but keeps the lead until its lease can no longer hold anywhere`);
  return { subject: 'leader', is: `${leader.name} leads${leader.isSelf ? ' (this agent)' : ''}`, because, next: [] };
}

const MEANING: Readonly<Record<MemberJson['state'], string>> = {
  alive: 'this agent hears of it',
  suspect: 'this agent has not heard of it for too long; this is its own opinion and has no consequences',
  failed: 'a majority of the voters declared it failed, after its lease could no longer hold',
  left: 'it left the cluster for good',
  stopped: 'its agent was stopped; it keeps its vote and is expected back',
};

function memberExplained(member: MemberJson, { leader, quorum, record }: StatusJson): Explanation {
  const { name, state, since, voter } = member;
  const because = [MEANING[state], ageText(member)];
  const ack = record?.voters.find((one) => one.name === name)?.ackAgeMs;
  if (voter)
    because.push(ack === undefined || ack === null ? 'it votes' : `it votes; it acknowledged this agent ${shortDuration(ack)} ago`);
  else because.push('it does not vote');
  if (leader?.name === name) because.push(`it leads, with token ${leader.token}`);
  const next: string[] = [];
  if (state === 'suspect') next.push(`see whether ${member.address} can be reached by UDP and TCP`);
  if (state === 'failed') next.push(`start its agent again, or if it is gone for good: quorate forget ${name}`);
  if (state === 'stopped' && voter && quorum?.canLose === 0) next.push('start it again: no other voter may be lost until then');
  return { subject: name, is: `${name} is ${state} since ${since}`, because, next };
}

/** Of one that is over, the age counts from that verdict, and no more from what was heard of it. */
function ageText({ state, ageMs, address }: MemberJson): string {
  const age = shortDuration(ageMs);
  switch (state) {
    case 'alive':
    case 'suspect':
      return `the newest sign of it is ${age} old, at ${address}`;
    case 'failed':
      return `it was declared failed ${age} ago; it was at ${address}`;
    case 'left':
    case 'stopped':
      return `that was told ${age} ago; it was at ${address}`;
  }
}

function problemsOf({ problems }: StatusJson): string[] {
  return problems.map(({ message, hint }) => (hint === '' ? message : `${message}: ${hint}`));
}
