// A command line after parsing, the same whether util.parseArgs or yargs read it.

export type FlagValue = string | boolean | readonly string[];

export interface CommandLine {
  readonly verb: string;
  /** Only what was typed. */
  readonly flags: ReadonlyMap<string, FlagValue>;
  readonly operands: readonly string[];
}

export function isSet(line: CommandLine, flag: string): boolean {
  return line.flags.get(flag) === true;
}

export function textOf(line: CommandLine, flag: string): string | null {
  const value = line.flags.get(flag);
  return typeof value === 'string' ? value : null;
}

/** Commas split; `--type a,b --type c` is three. */
export function listOf(line: CommandLine, flag: string): readonly string[] {
  const value = line.flags.get(flag);
  if (value === undefined || typeof value === 'boolean') return [];
  const parts = typeof value === 'string' ? [value] : value;
  return parts.flatMap((part) => part.split(',')).filter((part) => part !== '');
}
