// The chapter of deeds: every line that index.ts declined. Each verb is loaded when it is called, and the chapter of words only
// for what parse-plain.ts declines. Only arguments, Io and the exit code cross the border to index.ts, for in the bundle
// chapters share no module.

import type { CommandLine } from './command-line.ts';
import type { Io } from './io.ts';
import { parsePlain } from './parse-plain.ts';
import { reporting } from './report.ts';

type Verb = (line: CommandLine, io: Io) => Promise<number>;

export function runFull(argv: readonly string[], io: Io): Promise<number> {
  return reporting(io, async () => {
    const line = parsePlain(argv) ?? (await (await import('./words.ts')).understand(argv, io));
    if (typeof line === 'number') return line;
    const verb = await loadVerb(line.verb);
    return reporting(io, () => verb(line, io), line);
  });
}

async function loadVerb(name: string): Promise<Verb> {
  switch (name) {
    case 'agent':
      return (await import('./host.ts')).runHost;
    case 'status':
      return (await import('./verbs/status.ts')).showStatus;
    case 'members':
      return (await import('./verbs/members.ts')).showMembers;
    case 'leader':
      return (await import('./verbs/leader.ts')).showLeader;
    case 'events':
      return (await import('./verbs/events.ts')).showEvents;
    case 'wait':
      return (await import('./verbs/wait.ts')).waitFor;
    case 'run':
      return (await import('./verbs/run.ts')).runUnderLease;
    case 'voters':
      return (await import('./verbs/voters.ts')).voters;
    case 'recover':
      return (await import('./verbs/recover.ts')).recover;
    case 'explain':
      return (await import('./verbs/explain.ts')).explain;
    case 'join':
      return (await import('./verbs/join.ts')).join;
    case 'leave':
      return (await import('./verbs/leave.ts')).leave;
    case 'forget':
      return (await import('./verbs/forget.ts')).forget;
    case 'tag':
      return (await import('./verbs/tag.ts')).changeTags;
    case 'config':
      return (await import('./verbs/config.ts')).checkOrShowConfig;
    case 'log-level':
      return (await import('./verbs/log-level.ts')).setLogLevel;
    case 'reload':
      return (await import('./verbs/reload.ts')).reload;
    case 'completion':
      return (await import('./verbs/completion.ts')).printCompletion;
    case 'version':
      return (await import('./verbs/version.ts')).showVersion;
    default:
      throw new Error(`no verb ${name}`);
  }
}
