// Columns that grow: a little at a time, because a row's bytes are counted.

export type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** The old content in a longer array. */
export function grown<T extends Column>(old: T, longer: T): T {
  longer.set(old);
  return longer;
}

/** The same of values that are no numbers. Pushing would reserve half as much again. */
export function grownList<T>(old: readonly (T | undefined)[], length: number): (T | undefined)[] {
  const longer = new Array<T | undefined>(length);
  for (let i = 0; i < old.length; i++) longer[i] = old[i];
  return longer;
}

/** Room for `needed` rows: exactly all that are expected when they are first counted, an eighth more each time there are more. */
export function rowsToReserve(present: number, needed: number, expected: number): number {
  return Math.max(needed, expected, present === 0 ? 0 : Math.ceil(present * 1.125) + 7);
}
