// "Did you mean …": the known word closest to a mistyped one.

const WORD_LENGTH_MAX = 64;

/** Null when nothing is close enough to be what was meant. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const typed = word.slice(0, WORD_LENGTH_MAX).toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.ceil(typed.length / 2)) + 1;
  for (const candidate of known) {
    const distance = editDistance(typed, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** A hint that ends a sentence about an unknown word: the nearest, and all that would have been right. */
export function didYouMean(word: string, known: readonly string[]): string {
  const close = nearest(word, known);
  const all = `known: ${known.join(', ')}`;
  return close === null ? all : `did you mean ${close}? ${all}`;
}

// Levenshtein, one row at a time.
function editDistance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0]!;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const substituted = diagonal + (a[i - 1] === b[j - 1] ? 0 : 1);
      diagonal = row[j]!;
      row[j] = Math.min(substituted, row[j]! + 1, row[j - 1]! + 1);
    }
  }
  return row[b.length]!;
}
