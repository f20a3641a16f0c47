// `quorate completion bash|zsh|fish`: a script made from the option table. Everything fixed is in the script, so that a press
// of TAB starts no process; only names of members are asked of the agent.

import type { CommandLine } from '../command-line.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { type OptionSpec, VERBS, type VerbSpec } from '../option-table.ts';

export async function printCompletion(line: CommandLine, io: Io): Promise<number> {
  const shell = line.operands[0] ?? '';
  switch (shell) {
    case 'bash':
      io.out.write(bashScript());
      return EXIT.done;
    case 'zsh':
      io.out.write(zshScript());
      return EXIT.done;
    case 'fish':
      io.out.write(fishScript());
      return EXIT.done;
    default:
      throw new Failure(EXIT.usage, `completion: there is no script for '${shell}'`, 'one of: bash, zsh, fish');
  }
}

const MEMBERS = 'quorate members 2>/dev/null | cut -f1';

function bashScript(): string {
  return `# bash completion for quorate: source <(quorate completion bash)
_quorate() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" verb="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "${VERBS.map(({ name }) => name).join(' ')}" -- "$cur"))
    return
  fi
  case "$verb $prev" in
${VERBS.flatMap((verb) => verb.options.map((option) => bashValue(verb, option)))
  .filter((text) => text !== '')
  .join('\n')}
  esac
  case "$verb" in
${VERBS.map(bashVerb).join('\n')}
  esac
}
complete -F _quorate quorate
`;
}

function bashValue(verb: VerbSpec, option: OptionSpec): string {
  if (option.kind === 'flag') return '';
  const words = option.choices?.join(' ') ?? '';
  const action = option.completes === undefined ? `-W "${words}"` : option.completes === 'directory' ? '-d' : '-f';
  return `    "${verb.name} --${option.name}") COMPREPLY=($(compgen ${action} -- "$cur")); return ;;`;
}

function bashVerb(verb: VerbSpec): string {
  const flags = verb.options.map(({ name }) => `--${name}`).join(' ');
  const operands = operandWords(verb).join(' ');
  const members = verb.operandsAreMembers === true ? ` $(${MEMBERS})` : '';
  return `    ${verb.name}) if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "${flags}" -- "$cur")); else COMPREPLY=($(compgen -W "${operands}${members}" -- "$cur")); fi ;;`;
}

function zshScript(): string {
  const verbs = VERBS.map(({ name, describe }) => `    ${quoted(`${name}:${describe}`)}`).join('\n');
  return `#compdef quorate
# zsh completion for quorate: source <(quorate completion zsh)
_quorate() {
  local -a verbs
  verbs=(
${verbs}
  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
    return
  fi
  local verb=$words[2]
  shift words
  (( CURRENT-- ))
  case $verb in
${VERBS.map(zshVerb).join('\n')}
  esac
}
compdef _quorate quorate
`;
}

function zshVerb(verb: VerbSpec): string {
  const options = verb.options.map((option) => {
    const repeat = option.kind === 'list' ? '*' : '';
    const text = `--${option.name}[${option.describe.replaceAll(/[[\]:]/g, ' ')}]`;
    if (option.kind === 'flag') return quoted(repeat + text);
    const action =
      option.completes === undefined
        ? option.choices === undefined
          ? ''
          : `(${option.choices.join(' ')})`
        : option.completes === 'directory'
          ? '_files -/'
          : '_files';
    return quoted(`${repeat}${text}:${option.name}:${action}`);
  });
  const operands =
    verb.operandsAreMembers === true
      ? [`'*:member:($(${MEMBERS}))'`]
      : operandWords(verb).length > 0
        ? [quoted(`1:what:(${operandWords(verb).join(' ')})`)]
        : [];
  return `    ${verb.name}) _arguments -s ${[...options, ...operands].join(' ')} ;;`;
}

function fishScript(): string {
  const lines = ['# fish completion for quorate: quorate completion fish | source', 'complete -c quorate -f'];
  for (const verb of VERBS) {
    lines.push(`complete -c quorate -n __fish_use_subcommand -a ${verb.name} -d ${fishQuoted(verb.describe)}`);
    const within = `-n '__fish_seen_subcommand_from ${verb.name}'`;
    for (const option of verb.options) {
      const short = option.short === undefined ? '' : ` -s ${option.short}`;
      const value =
        option.kind === 'flag' ? '' : option.completes === undefined ? ` -x -a ${fishQuoted(option.choices?.join(' ') ?? '')}` : ' -r -F';
      lines.push(`complete -c quorate ${within} -l ${option.name}${short}${value} -d ${fishQuoted(option.describe)}`);
    }
    if (verb.operandsAreMembers === true) lines.push(`complete -c quorate ${within} -a '(${MEMBERS})'`);
    else if (operandWords(verb).length > 0) lines.push(`complete -c quorate ${within} -a ${fishQuoted(operandWords(verb).join(' '))}`);
  }
  return `${lines.join('\n')}\n`;
}

function operandWords(verb: VerbSpec): readonly string[] {
  if (verb.name === 'help') return VERBS.map(({ name }) => name);
  return verb.operandChoices ?? [];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
