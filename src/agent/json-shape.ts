// Checks of JSON that was read from a file: each reader gives the value, or throws a Misshapen that names the place.
// The one who reads a file turns that into an error for the operator; nothing here knows what the values mean.

/** Never leaves the agent: the reader of the file catches it. */
export class Misshapen extends Error {
  override readonly name = 'Misshapen';
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fieldsAt(value: unknown, what: string): Fields {
  if (!isFields(value)) throw new Misshapen(`its ${what} is not an object`);
  return value;
}

export function listAt<T>(value: unknown, what: string, read: (one: unknown, what: string) => T): readonly T[] {
  if (!Array.isArray(value)) throw new Misshapen(`its ${what} is not a list`);
  return value.map((one, i) => read(one, `${what}[${i}]`));
}

export function orNull<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null ? null : read(value);
}

export function textAt(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Misshapen(`its ${what} is not text`);
  return value;
}

export function hex32At(value: unknown, what: string): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{32}$/.test(value)) throw new Misshapen(`its ${what} is not 32 hex digits`);
  return value;
}

export function flagAt(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new Misshapen(`its ${what} is neither true nor false`);
  return value;
}

export function countAt(value: unknown, what: string, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > max)
    throw new Misshapen(`its ${what} is out of bounds`);
  return value;
}

export function oneOfAt<T extends string>(value: unknown, what: string, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found === undefined) throw new Misshapen(`its ${what} is unknown`);
  return found;
}
