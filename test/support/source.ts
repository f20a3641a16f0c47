// Reads a TypeScript file just far enough for rules about text: which modules it names, and what its code is once
// comments, strings, templates and regular expressions are blanked out. Blanks keep every offset and line where it was.

export interface Source {
  /** Same length as the text; only code is left. Code inside `${…}` counts as code. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** Null: computed at run time, so nobody can check it. */
  readonly specifier: string | null;
  readonly line: number;
}

export function readSource(text: string): Source {
  const code = blankOut(text);
  return { code, imports: importsOf(text, code) };
}

export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let i = 0; i < offset; i++) if (text[i] === '\n') line++;
  return line;
}

/** Quotes stay, so that an import can be found in the code and its name looked up in the text. */
function blankOut(text: string): string {
  const out = text.split('');
  const blank = (from: number, to: number): void => {
    for (let i = from; i < to; i++) if (out[i] !== '\n') out[i] = ' ';
  };
  // One entry an open `${`: how many braces of its own are open inside it.
  const templates: number[] = [];
  let significant = '';
  let i = 0;
  while (i < text.length) {
    const char = text[i]!;
    const pair = text.slice(i, i + 2);
    let end = i + 1;
    if (pair === '//' || (i === 0 && pair === '#!')) {
      end = indexOrEnd(text, '\n', i);
      blank(i, end);
    } else if (pair === '/*') {
      end = indexOrEnd(text, '*/', i + 2) + 2;
      blank(i, Math.min(end, text.length));
    } else if (char === "'" || char === '"') {
      end = closing(text, i, char);
      blank(i + 1, end - 1);
      significant = char;
    } else if (char === '`' || (char === '}' && templates.at(-1) === 0)) {
      if (char === '}') templates.pop();
      end = templateEnd(text, i);
      if (text.slice(end - 2, end) === '${') templates.push(0);
      blank(i + 1, end - 1);
      significant = text[end - 1] === '{' ? '{' : '`';
    } else if (char === '/' && startsRegExp(significant, text.slice(0, i))) {
      end = regExpEnd(text, i);
      blank(i + 1, end - 1);
      significant = '/';
    } else {
      if (char === '{' && templates.length > 0) templates[templates.length - 1]! += 1;
      if (char === '}' && templates.length > 0) templates[templates.length - 1]! -= 1;
      if (char.trim() !== '') significant = char;
    }
    i = end;
  }
  return out.join('');
}

function indexOrEnd(text: string, needle: string, from: number): number {
  const found = text.indexOf(needle, from);
  return found === -1 ? text.length : found;
}

function closing(text: string, from: number, quote: string): number {
  let i = from + 1;
  while (i < text.length && text[i] !== quote) i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

/** Behind the closing backtick, or behind the next `${`. */
function templateEnd(text: string, from: number): number {
  let i = from + 1;
  while (i < text.length) {
    if (text[i] === '\\') i += 2;
    else if (text[i] === '`') return i + 1;
    else if (text[i] === '$' && text[i + 1] === '{') return i + 2;
    else i++;
  }
  return i;
}

// A slash behind a value divides; behind anything else it opens a regular expression.
function startsRegExp(significant: string, before: string): boolean {
  if (/\b(?:return|typeof|case|in|of|do|else|void|delete|instanceof|new)\s*$/.test(before)) return true;
  return !/[\w$)\]}'"`]/.test(significant);
}

function regExpEnd(text: string, from: number): number {
  let isInClass = false;
  let i = from + 1;
  while (i < text.length && text[i] !== '\n' && (isInClass || text[i] !== '/')) {
    if (text[i] === '[') isInClass = true;
    if (text[i] === ']') isInClass = false;
    i += text[i] === '\\' ? 2 : 1;
  }
  return i + 1;
}

function importsOf(text: string, code: string): Import[] {
  const imports: Import[] = [];
  const add = (offset: number, specifier: string | null): void => {
    imports.push({ specifier, line: lineOf(text, offset) });
  };
  const quoted = (quoteAt: number): string => text.slice(quoteAt + 1, closing(text, quoteAt, text[quoteAt]!) - 1);
  // import … from '', export … from '', import ''
  for (const match of code.matchAll(/(?<![.\w$])(?:(?:import|export)\b[\w\s$,{}*]*?(?<![\w$])from|import)\s*['"]/g)) {
    add(match.index, quoted(match.index + match[0].length - 1));
  }
  // import('') and require('')
  for (const match of code.matchAll(/(?<![.\w$])(?:import|require)\s*\(\s*(.)/gs)) {
    const isLiteral = match[1] === "'" || match[1] === '"';
    add(match.index, isLiteral ? quoted(match.index + match[0].length - 1) : null);
  }
  return imports;
}
