// Reads JSON and remembers on which line each key stands: JSON.parse tells neither that nor, for most mistakes, where they are.
// Values of scalars are left to JSON.parse, so that numbers and escapes mean what they mean everywhere.

export interface JsonMistake {
  readonly line: number;
  readonly message: string;
}

export interface ReadJson {
  readonly value: unknown;
  /** `key` or `outer.key` → line, counted from 1. */
  readonly lines: ReadonlyMap<string, number>;
}

export function readJson(text: string): ReadJson | JsonMistake {
  const reader = new Reader(text);
  try {
    const value = reader.document();
    return { value, lines: reader.lines };
  } catch (error) {
    if (error instanceof Mistake) return { line: reader.lineAt(error.at), message: error.message };
    throw error;
  }
}

class Mistake extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const SCALAR = /true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|"(?:[^"\\\n]|\\.)*"/y;
/** Settings are two levels deep; this only keeps a hostile file from exhausting the stack. */
const DEPTH_MAX = 32;

class Reader {
  readonly lines = new Map<string, number>();
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    const value = this.#value('', 0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw new Mistake(this.#at, `nothing may follow the document, found ${this.#found()}`);
    return value;
  }

  lineAt(offset: number): number {
    return this.#text.slice(0, offset).split('\n').length;
  }

  #value(path: string, depth: number): unknown {
    this.#skipSpace();
    if (depth > DEPTH_MAX) throw new Mistake(this.#at, `nested more than ${DEPTH_MAX} deep`);
    const char = this.#text[this.#at];
    if (char === '{') return this.#object(path, depth);
    if (char === '[') return this.#array(path, depth);
    return this.#scalar();
  }

  #object(path: string, depth: number): Map<string, unknown> {
    const object = new Map<string, unknown>();
    this.#at += 1;
    while (!this.#takes('}')) {
      if (object.size > 0) this.#demand(',');
      this.#skipSpace();
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') throw new Mistake(keyAt, `expected a key in double quotes, found ${this.#found()}`);
      const key = String(this.#scalar());
      if (object.has(key)) throw new Mistake(keyAt, `"${key}" stands twice`);
      const keyPath = path === '' ? key : `${path}.${key}`;
      this.lines.set(keyPath, this.lineAt(keyAt));
      this.#demand(':');
      object.set(key, this.#value(keyPath, depth + 1));
    }
    return object;
  }

  #array(path: string, depth: number): unknown[] {
    const array: unknown[] = [];
    this.#at += 1;
    while (!this.#takes(']')) {
      if (array.length > 0) this.#demand(',');
      array.push(this.#value(path, depth + 1));
    }
    return array;
  }

  #scalar(): unknown {
    SCALAR.lastIndex = this.#at;
    const literal = SCALAR.exec(this.#text)?.[0];
    if (literal === undefined) throw new Mistake(this.#at, `expected a value, found ${this.#found()}`);
    try {
      const value: unknown = JSON.parse(literal);
      this.#at += literal.length;
      return value;
    } catch {
      throw new Mistake(this.#at, `${literal} is not a JSON value`);
    }
  }

  #takes(char: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #demand(char: string): void {
    if (!this.#takes(char)) throw new Mistake(this.#at, `expected '${char}', found ${this.#found()}`);
  }

  #skipSpace(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #found(): string {
    const char = this.#text[this.#at];
    return char === undefined ? 'the end of the file' : `'${char}'`;
  }
}
