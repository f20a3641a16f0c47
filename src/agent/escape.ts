// Text from elsewhere made safe to print: nothing in it moves the cursor, starts a line or turns the reading direction.

// Built from numbers: C0 with CR and LF, DEL and C1, line and paragraph separators, and the marks that turn the direction of writing.
const RANGES: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x061c, 0x061c],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2066, 0x2069],
  [0xfeff, 0xfeff],
];

const escapeOf = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;
const UNSAFE = new RegExp(`[${RANGES.map(([from, to]) => `${escapeOf(from)}-${escapeOf(to)}`).join('')}]`, 'g');

/** `\n` for a line feed, `\u001b` for an escape; visible text stays as it is. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (character) => SHORT[character] ?? escapeOf(character.charCodeAt(0)));
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
