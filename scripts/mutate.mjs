// An esbuild plugin that takes a rule out of the core. It touches no file: the edits are made on what esbuild reads. Each text must
// stand exactly once in all of src/core, else the build fails and says so.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export function mutation(root, mutant) {
  const sources = new Map(filesBelow(join(root, 'src', 'core')).map((path) => [path, readFileSync(path, 'utf8')]));
  for (const { find, replace } of mutant.edits) {
    const holders = [...sources.keys()].filter((path) => sources.get(path).includes(find));
    const count = holders.reduce((sum, path) => sum + sources.get(path).split(find).length - 1, 0);
    if (count !== 1) throw new Error(`mutant ${mutant.name}: this stands ${count} times in src/core, and must exactly once: ${find}`);
    sources.set(holders[0], sources.get(holders[0]).split(find).join(replace));
  }
  return {
    name: `mutant-${mutant.name}`,
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const contents = sources.get(path);
        return contents === undefined ? null : { contents, loader: 'ts' };
      });
    },
  };
}

function filesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(path) : path.endsWith('.ts') ? [path] : [];
  });
}
