// Whether a text is well-formed XML, as far as a drawing needs it: one root, tags that close, attributes in quotes and none twice.

/** Null when it is; else what is wrong, with the place. */
export function xmlProblem(text: string): string | null {
  const open: string[] = [];
  let hasRoot = false;
  const rest = text.trim();
  const token = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
  while (token.lastIndex < rest.length) {
    const at = token.lastIndex;
    const match = token.exec(rest);
    if (match === null) return `at ${at}: ${rest.slice(at, at + 40)}`;
    const [whole, slash, name, attributes, isEmpty, words] = match;
    if (/&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(whole)) return `at ${at}: a bare &`;
    if (words !== undefined) {
      if (open.length === 0) return `at ${at}: words outside of the root`;
      continue;
    }
    if (slash === '/') {
      if (open.pop() !== name) return `at ${at}: </${name}> closes nothing`;
      continue;
    }
    if (open.length === 0 && hasRoot) return `at ${at}: a second root`;
    hasRoot = true;
    const names = [...attributes!.matchAll(/([\w:-]+)="/g)].map((found) => found[1]);
    if (new Set(names).size !== names.length) return `at ${at}: an attribute twice`;
    if (isEmpty !== '/') open.push(name!);
  }
  if (open.length > 0) return `<${open.at(-1)}> is not closed`;
  return hasRoot ? null : 'no root';
}
