// Majorities: more than half, never half. An even split has none.

export function majorityOf(voterCount: number): number {
  return Math.floor(voterCount / 2) + 1;
}

/**
 * Whether every majority of `a` meets every majority of `b`. Two that do not meet would take as much as they can from what is
 * only on their own side; what they still need must come from the common voters, each of which can serve only one of them.
 * (A test compares this with the enumeration of all pairs.)
 */
export function quorumsIntersect<T>(a: readonly T[], b: readonly T[]): boolean {
  const common = a.filter((voter) => b.includes(voter)).length;
  const neededOfA = Math.max(0, majorityOf(a.length) - (a.length - common));
  const neededOfB = Math.max(0, majorityOf(b.length) - (b.length - common));
  return neededOfA + neededOfB > common;
}
