// A Markdown page taken apart as far as its tests need it: fenced blocks by language, code spans, tables, links.

export interface Block {
  readonly language: string;
  readonly text: string;
}

export interface Page {
  readonly blocks: readonly Block[];
  /** `…` outside of blocks. */
  readonly spans: readonly string[];
  /** Targets of links. */
  readonly links: readonly string[];
  /** What links within the page may point to. */
  readonly anchors: ReadonlySet<string>;
  /** Of the table whose head begins with this cell: the rows, cell by cell. */
  table(firstHeadCell: string): readonly (readonly string[])[];
}

export function readPage(markdown: string): Page {
  const blocks: Block[] = [];
  const prose = markdown.replace(/^```(\w*)\n(.*?)^```$/gms, (_whole, language: string, text: string) => {
    blocks.push({ language, text });
    return '';
  });
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
  const anchors = new Set([...prose.matchAll(/^#+ (.+)$/gm)].map((match) => `#${slug(match[1]!)}`));
  return { blocks, spans, links, anchors, table: (head) => tableIn(prose, head) };
}

/** The text of a cell or span without the marks around it. */
export function bare(text: string): string {
  return text.replaceAll('`', '').trim();
}

/** Words of a command line as a shell splits them; quotes hold words together. */
export function shellWords(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}

function tableIn(prose: string, firstHeadCell: string): string[][] {
  const lines = prose.split('\n');
  const head = lines.findIndex((line) => line.startsWith(`| ${firstHeadCell} |`));
  if (head === -1) throw new Error(`no table begins with ${firstHeadCell}`);
  const rows: string[][] = [];
  for (const line of lines.slice(head + 2)) {
    if (!line.startsWith('|')) break;
    rows.push(
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  }
  return rows;
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replace(/\s/g, '-');
}
