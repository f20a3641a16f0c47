// Our own mistakes. Bad input from outside is a value, never one of these; when an assertion fails the process stops
// and the simulator prints the seed.

export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function assert(isTrue: boolean, claim: string): asserts isTrue {
  if (!isTrue) throw new AssertionError(claim);
}

/** Closes a switch over a union: a new member of the union is then a type error at every switch that forgot it. */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected value ${JSON.stringify(value)}`);
}
