// The door of the command line: from the words typed to an exit code. Only what the hot verbs need is imported here;
// everything else is loaded when its verb is called, because `quorate members` in a loop is paid for by each module.

import type { CommandLine } from './command-line.ts';
import { EXIT, Failure } from './exit-codes.ts';
import type { Io } from './io.ts';
import { parseHot } from './parse-hot.ts';
import { escapeText } from './print.ts';

export { type Io, processIo } from './io.ts';

type Verb = (line: CommandLine, io: Io) => Promise<number>;

export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const line = parseHot(argv) ?? (await import('./parse-full.ts')).parseFull(argv);
    const verb = await loadVerb(line.verb);
    return await verb(line, io);
  } catch (error) {
    return report(error, io);
  }
}

async function loadVerb(name: string): Promise<Verb> {
  switch (name) {
    case 'agent':
      return (await import('./verbs/agent.ts')).runAgent;
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
      return (await import('./verbs/help.ts')).showHelp;
  }
}

/** The one place where a failure turns into words and a code. Stacks are for us, not for the user. */
function report(error: unknown, io: Io): number {
  if (error instanceof Failure) {
    const hint = error.hint === '' ? '' : `  → ${escapeText(error.hint)}\n`;
    // A message may hold a list of its own lines.
    io.err.write(`quorate: ${error.message.split('\n').map(escapeText).join('\n')}\n${hint}`);
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  io.err.write(`quorate: internal error: ${escapeText(message)}\n  → this is a bug in quorate ${process.argv[1] ?? ''}; please report the line you typed\n`);
  return EXIT.failure;
}
