// An esbuild plugin that takes a rule out of the core. It touches no file: the edits are made on what esbuild reads, each exactly
// once, else the build fails and says which text is no longer there.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MUTANTS } from './mutants.mjs';

export function findMutant(name) {
  return MUTANTS.find((mutant) => mutant.name === name) ?? null;
}

export function mutation(root, mutant) {
  return {
    name: `mutant-${mutant.name}`,
    setup(build) {
      const edited = new Map();
      for (const edit of mutant.edits) {
        const path = join(root, edit.file);
        edited.set(path, [...(edited.get(path) ?? []), edit]);
      }
      build.onLoad({ filter: /\/src\/core\/.*\.ts$/ }, async ({ path }) => {
        const edits = edited.get(path);
        if (edits === undefined) return null;
        let contents = await readFile(path, 'utf8');
        for (const { find, replace } of edits) contents = replacedOnce(contents, find, replace, path);
        edited.delete(path);
        return { contents, loader: 'ts' };
      });
      build.onEnd(() => {
        if (edited.size > 0) throw new Error(`mutant ${mutant.name}: ${[...edited.keys()].join(', ')} is not part of the simulator`);
      });
    },
  };
}

function replacedOnce(text, find, replace, path) {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${path}: stands ${parts.length - 1} times, and must exactly once: ${find}`);
  return parts.join(replace);
}
