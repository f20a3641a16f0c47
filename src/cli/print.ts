// How data looks: tables on a terminal, tab-separated columns off it, JSON. Whatever came from the network is escaped here,
// so that a member's name cannot move the cursor, turn the text's direction or fake a line.

import type { Io } from './io.ts';

// C0, DEL, C1, the marks and overrides of direction, and the two separators that some terminals take for a new line.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export function escapeText(text: string): string {
  return text.replace(UNSAFE, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** One line; equal to JSON.stringify for a parser, harmless for a terminal. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

export type Colour = 'red' | 'green' | 'yellow' | 'dim' | 'bold';

const SGR: Readonly<Record<Colour, readonly [number, number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  dim: [2, 22],
  bold: [1, 22],
};

/** On a terminal that wants it; the words alone always say the same. */
export function hasColour(io: Io): boolean {
  const noColour = io.env.NO_COLOR;
  return io.out.isTerminal && (noColour === undefined || noColour === '') && io.env.TERM !== 'dumb';
}

export function paint(text: string, colour: Colour | null, isColoured: boolean): string {
  if (colour === null || !isColoured) return text;
  const [on, off] = SGR[colour];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

export interface Cell {
  readonly text: string;
  readonly colour?: Colour;
}

/** With a head and aligned on a terminal; bare and separated by tabs off it, an empty cell being `-`. */
export function table(io: Io, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const shown = rows.map((row) => row.map((cell) => ({ ...cell, text: cell.text === '' ? '-' : escapeText(cell.text) })));
  if (!io.out.isTerminal) return shown.map((row) => `${row.map((cell) => cell.text).join('\t')}\n`).join('');
  const isColoured = hasColour(io);
  const widths = head.map((title, column) => Math.max(title.length, ...shown.map((row) => row[column]?.text.length ?? 0)));
  const lineOf = (cells: readonly Cell[]): string => {
    const padded = cells.map((cell, column) => {
      const padding = column === cells.length - 1 ? '' : ' '.repeat((widths[column] ?? 0) - cell.text.length);
      return paint(cell.text, cell.colour ?? null, isColoured) + padding;
    });
    return `${padded.join('  ')}\n`;
  };
  return lineOf(head.map((title): Cell => ({ text: title, colour: 'bold' }))) + shown.map(lineOf).join('');
}

/** `180ms`, `4.2s`, `12m`, `3h`, `5d`. */
export function shortDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)}s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)}m`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)}h`;
  return `${Math.floor(ms / 86_400_000)}d`;
}
