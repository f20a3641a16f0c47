// Parses the verbs that scripts call in loops (status, members, leader) with what Node has built in: yargs alone would
// double the time of a cold start. It answers only for lines that are right; all else is parse-full.ts's, which knows
// how to explain. A property test holds the two together.

import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { CommandLine, FlagValue } from './command-line.ts';
import { verbSpec } from './option-table.ts';

const HOT_VERBS: readonly string[] = ['status', 'members', 'leader'];

/** Null: not a hot verb, or not a plain line of it. */
export function parseHot(argv: readonly string[]): CommandLine | null {
  const [verb, ...rest] = argv;
  if (verb === undefined || !HOT_VERBS.includes(verb)) return null;
  const spec = verbSpec(verb);
  if (spec === undefined) return null;
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const { name, kind, short } of spec.options) {
    options[name] = { type: kind === 'flag' ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) };
  }
  try {
    const { values } = parseArgs({ args: rest, options, strict: true, allowPositionals: false });
    const flags = new Map<string, FlagValue>();
    for (const { name, choices } of spec.options) {
      const value = values[name];
      if (value === undefined) continue;
      if (name === 'help' || value === '') return null;
      if (choices !== undefined && !choices.includes(String(value))) return null;
      if (typeof value === 'string' || typeof value === 'boolean') flags.set(name, value);
    }
    return { verb, flags, operands: [] };
  } catch {
    // Whatever parseArgs dislikes is explained by the full parser.
    return null;
  }
}
