// Parses any line by yargs from the option table, and explains what is wrong with it. Loaded only when parse-plain.ts declined.
// yargs' own validation is off: it would guess at numbers, negate `--no-…` and end the process by itself.

import yargs, { type Options } from 'yargs';
import type { CommandLine, FlagValue } from './command-line.ts';
import { EXIT, Failure } from './exit-codes.ts';
import { nearest } from './nearest.ts';
import { LATER_VERBS, type OptionSpec, VERBS, type VerbSpec, verbSpec } from './option-table.ts';

/** Throws a Failure (64) that names the nearest right thing. */
export function parseFull(argv: readonly string[]): CommandLine {
  const [first, ...rest] = argv;
  if (first === undefined)
    throw new Failure(EXIT.usage, 'no verb given', 'quorate help lists the verbs; quorate agent --dev is a good first one');
  if (first === '--help' || first === '-h') return { verb: 'help', flags: new Map(), operands: [] };
  if (first === '--version' || first === '-v' || first === '-V') return { verb: 'version', flags: new Map(), operands: [] };
  const verb = verbSpec(first);
  if (verb === undefined) throw unknownVerb(first);
  const line = readLine(verb, rest);
  if (line.flags.get('help') === true) return { verb: 'help', flags: new Map(), operands: [verb.name] };
  checkOperands(verb, line.operands);
  return line;
}

function readLine(verb: VerbSpec, args: readonly string[]): CommandLine {
  const parsed: Readonly<Record<string, unknown>> = parserOf(verb).parseSync([...args]);
  const flags = new Map<string, FlagValue>();
  const known = new Map<string, OptionSpec>();
  for (const option of verb.options) {
    known.set(option.name, option);
    if (option.short !== undefined) known.set(option.short, option);
  }
  for (const [key, value] of Object.entries(parsed)) {
    if (key === '_' || key === '$0' || key === '--' || value === undefined) continue;
    const option = known.get(key);
    if (option === undefined) throw unknownOption(verb, key);
    flags.set(option.name, checkedValue(verb, option, value));
  }
  const [before] = operandsOf(parsed._);
  if (verb.takesCommand === true && before !== undefined) {
    throw new Failure(
      EXIT.usage,
      `${verb.name}: the command comes after two hyphens`,
      `for example: quorate ${verb.name} --leader -- ${before}`,
    );
  }
  const operands = [...operandsOf(parsed._), ...operandsOf(parsed['--'])];
  return { verb: verb.name, flags, operands };
}

export function parserOf(verb: VerbSpec) {
  const options: Record<string, Options> = {};
  for (const { name, kind, short, choices, value, describe } of verb.options) {
    // `choices` is checked in checkedValue, with the nearest in the answer; here it is for help.
    const shown = choices === undefined ? describe : `${describe}: ${choices.join(', ')}`;
    options[name] = {
      type: kind === 'flag' ? 'boolean' : 'string',
      describe: value === undefined || choices !== undefined ? shown : `${value}  ${shown}`,
      ...(kind === 'list' ? { array: true, nargs: 1 } : {}),
      ...(kind === 'text' ? { nargs: 1 } : {}),
      ...(short === undefined ? {} : { alias: short }),
    };
  }
  return yargs([])
    .scriptName('quorate')
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .fail((message, error) => {
      const said = message ?? error?.message ?? '';
      const flag = /^Not enough arguments following: (.+)$/.exec(said)?.[1];
      const sentence = flag === undefined ? lowerFirst(said) : `--${flag} needs a value`;
      throw new Failure(EXIT.usage, `${verb.name}: ${sentence}`, `quorate help ${verb.name} shows what can be typed`);
    })
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'populate--': true,
    })
    .options(options);
}

function checkedValue(verb: VerbSpec, option: OptionSpec, value: unknown): FlagValue {
  const flag = `--${option.name}`;
  // A flag typed twice comes as an array; for all but lists the last one counts, as parseArgs has it.
  const last: unknown = Array.isArray(value) && option.kind !== 'list' ? value.at(-1) : value;
  if (option.kind === 'flag') return last === true;
  const texts = (Array.isArray(last) ? last : [last]).map(String);
  for (const text of texts) {
    if (text === '')
      throw new Failure(EXIT.usage, `${verb.name}: ${flag} needs a value`, `quorate help ${verb.name} shows what can be typed`);
    for (const part of option.kind === 'list' ? text.split(',') : [text]) checkChoice(`${verb.name}: ${flag}`, option.choices, part);
  }
  return option.kind === 'list' ? texts : (texts[0] ?? '');
}

function checkChoice(what: string, choices: readonly string[] | undefined, text: string): void {
  if (choices === undefined || choices.includes(text)) return;
  const near = nearest(text, choices);
  throw new Failure(
    EXIT.usage,
    `${what} cannot be '${text}'`,
    near === null ? `one of: ${choices.join(', ')}` : `did you mean '${near}'? One of: ${choices.join(', ')}`,
  );
}

function checkOperands(verb: VerbSpec, operands: readonly string[]): void {
  const form = `quorate ${verb.name} ${verb.operands}`.trimEnd();
  const extra = operands[verb.operandsMax];
  if (extra !== undefined) throw new Failure(EXIT.usage, `${verb.name}: '${extra}' is one word too many`, `the form is: ${form}`);
  if (operands.length < verb.operandsMin) throw new Failure(EXIT.usage, `${verb.name}: something is missing`, `the form is: ${form}`);
}

function unknownVerb(typed: string): Failure {
  if (Object.hasOwn(LATER_VERBS, typed)) {
    const near = LATER_VERBS[typed];
    return new Failure(
      EXIT.usage,
      `this version has no verb '${typed}' yet`,
      typeof near === 'string' ? `the nearest that it has: quorate ${near}` : 'quorate help lists the verbs it has',
    );
  }
  if (typed.startsWith('-')) return new Failure(EXIT.usage, `the verb comes before '${typed}'`, 'for example: quorate members --json');
  const near = nearest(
    typed,
    VERBS.map((verb) => verb.name),
  );
  const hint = near === null ? 'quorate help lists the verbs' : `did you mean: quorate ${near}`;
  return new Failure(EXIT.usage, `there is no verb '${typed}'`, hint);
}

function unknownOption(verb: VerbSpec, key: string): Failure {
  const flag = key.length === 1 ? `-${key}` : `--${key}`;
  if (verb.laterOptions?.includes(key) === true) {
    return new Failure(EXIT.usage, `this version does not have ${flag} yet`, `quorate help ${verb.name} shows what it has`);
  }
  const near = nearest(
    key,
    verb.options.map((option) => option.name),
  );
  const hint = near === null ? `quorate help ${verb.name} shows what can be typed` : `did you mean --${near}?`;
  return new Failure(EXIT.usage, `${verb.name}: unknown option ${flag}`, hint);
}

function operandsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
