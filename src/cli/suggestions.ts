// The commands that a message suggests, and to which agent they go. Whoever asked an agent by --socket and pastes the next
// line must not come to another one, so `--socket PATH` follows every verb that asks an agent. Texts are written without it,
// here and by the agent, and pass through this file on their way out.

import { type CommandLine, textOf } from './command-line.ts';
import { VERBS } from './option-table.ts';

/** A sentence for the reader of this line's output. */
export function suggested(line: CommandLine, sentence: string): string {
  return addressed(sentence, textOf(line, 'socket'));
}

/** Null: a plain search finds the agent. A verb that stands alone in backquotes is named, and not to be typed. */
export function addressed(sentence: string, socketPath: string | null): string {
  if (socketPath === null) return sentence;
  return sentence.replace(commandOf(ASKING), (command) => `${command} --socket ${shellWord(socketPath)}`);
}

// `agent` and `config` have the flag too, but there it says where an agent is to listen.
const ASKING = VERBS.filter(({ options }) => has(options, 'socket') && !has(options, 'state-dir')).map(({ name }) => name);

function has(options: readonly { readonly name: string }[], flag: string): boolean {
  return options.some(({ name }) => name === flag);
}

function commandOf(verbs: readonly string[]): RegExp {
  return new RegExp(`\\bquorate (?:${verbs.join('|')})(?![\\w\`-])`, 'g');
}

/** As a shell takes it for one word. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
