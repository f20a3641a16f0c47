// The texts that a source file can print: its string literals, and templates as the fixed parts between the values put in.

import { readSource } from './source.ts';

export function fixedTextsOf(text: string): string[] {
  const { code } = readSource(text);
  const found: string[] = [];
  new Walk(text, code, found).expression(0);
  return found;
}

/** Walks code in which literals are blanked out but for their quotes and the braces of `${…}` (see source.ts). */
class Walk {
  readonly #text: string;
  readonly #code: string;
  readonly #found: string[];
  constructor(text: string, code: string, found: string[]) {
    this.#text = text;
    this.#code = code;
    this.#found = found;
  }

  /** Up to the brace that closes this expression; returns its place, or the end. */
  expression(from: number): number {
    let depth = 0;
    for (let i = from; i < this.#code.length; i++) {
      const char = this.#code[i];
      if (char === "'" || char === '"') {
        const end = this.#code.indexOf(char, i + 1);
        this.#keep(this.#text.slice(i + 1, end));
        i = end;
      } else if (char === '`') i = this.#template(i);
      else if (char === '{') depth += 1;
      else if (char === '}') {
        if (depth === 0) return i;
        depth -= 1;
      }
    }
    return this.#code.length;
  }

  /** From backtick to backtick; returns the place of the latter. */
  #template(from: number): number {
    let start = from + 1;
    let i = start;
    while (i < this.#code.length && this.#code[i] !== '`') {
      if (this.#code[i] === '{') {
        this.#keep(this.#text.slice(start, i - 1));
        i = this.expression(i + 1);
        start = i + 1;
      }
      i += 1;
    }
    this.#keep(this.#text.slice(start, i));
    return i;
  }

  #keep(written: string): void {
    const fixed = written.replace(/\\(.)/g, (_whole, char: string) => (char === 'n' ? '\n' : char));
    if (fixed !== '') this.#found.push(fixed);
  }
}

/** The plain words of a message that no fixed text of these accounts for; short texts account for nothing, for they fit everywhere. */
export function strayWords(message: string, fixedTexts: readonly string[]): string[] {
  const isCovered = new Array<boolean>(message.length).fill(false);
  for (const fixed of fixedTexts) {
    if (fixed.replace(/\P{L}/gu, '').length < LETTERS_MIN) continue;
    for (let from = message.indexOf(fixed); from !== -1; from = message.indexOf(fixed, from + 1)) {
      isCovered.fill(true, from, from + fixed.length);
    }
  }
  const words = [...message.matchAll(/(?<!\S)[a-z]{2,}(?=[\s,;:.?]|$)/g)];
  return words.filter(({ index }) => !isCovered[index]).map(([word]) => word);
}

const LETTERS_MIN = 8;
