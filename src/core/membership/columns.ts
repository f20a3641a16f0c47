// Typed arrays that grow: a little at a time, because a row's bytes are counted.

export type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** The old content in a longer array. */
export function grown<T extends Column>(old: T, longer: T): T {
  longer.set(old);
  return longer;
}

/** Room for `needed` rows and an eighth more; in a world of many nodes at once for all members that any of them knows. */
export function rowsToReserve(needed: number, expected: number): number {
  return Math.ceil(Math.max(needed, expected) * 1.125) + 7;
}
