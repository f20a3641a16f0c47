// Parses plain lines of verbs without operands (or with another program's line as operands) with what Node has built in. yargs alone would double the time of a cold
// start (status, members, leader) and stay in the memory of an agent for as long as it runs: 7 MB and 30 ms of its start.
// It answers only for lines that are right; all else is parse-full.ts's, which knows how to explain. A property test holds
// the two together.

import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { CommandLine, FlagValue } from './command-line.ts';
import { type OptionSpec, verbSpec } from './option-table.ts';

/** Null: not such a verb, or not a plain line of it. */
export function parsePlain(argv: readonly string[]): CommandLine | null {
  const [verb, ...rest] = argv;
  if (verb === undefined) return null;
  const spec = verbSpec(verb);
  if (spec === undefined) return null;
  const dashes = spec.takesCommand === true ? rest.indexOf('--') : -1;
  const operands = dashes < 0 ? [] : rest.slice(dashes + 1);
  const args = dashes < 0 ? rest : rest.slice(0, dashes);
  if (spec.takesCommand === true ? operands.length < spec.operandsMin : spec.operandsMax > 0) return null;
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const { name, kind, short } of spec.options) {
    const type = kind === 'flag' ? 'boolean' : 'string';
    options[name] = { type, multiple: kind === 'list', ...(short === undefined ? {} : { short }) };
  }
  try {
    const { values } = parseArgs({ args, options, strict: true, allowPositionals: false });
    const flags = new Map<string, FlagValue>();
    for (const option of spec.options) {
      const value = values[option.name];
      if (value === undefined) continue;
      if (option.name === 'help') return null;
      const parts = Array.isArray(value) ? value : [value];
      if (!parts.every((part) => isPlain(option, part))) return null;
      flags.set(option.name, Array.isArray(value) ? value.map(String) : value);
    }
    return { verb, flags, operands };
  } catch {
    // Whatever parseArgs dislikes is explained by the full parser.
    return null;
  }
}

function isPlain({ kind, choices }: OptionSpec, value: string | boolean): boolean {
  if (typeof value === 'boolean') return true;
  const parts = kind === 'list' ? value.split(',') : [value];
  // A value that looks like a flag may be a forgotten one: the full parser explains.
  return value !== '' && !value.startsWith('-') && (choices === undefined || parts.every((part) => choices.includes(part)));
}
