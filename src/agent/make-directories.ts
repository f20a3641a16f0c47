// Makes a directory and what is missing above it, part by part: Node 20's own recursive mkdir loops for ever where the kernel
// says ENOENT under a directory that is there, as in /proc. Whose the parts may be is the caller's to judge.

import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from './errno.ts';

/** For this user alone. Gives what was made, outermost first. Throws the system's error, or one in words that bears no code. */
export function makeDirectories(path: string): readonly string[] {
  if (isDirectory(path)) return [];
  const above = makeDirectories(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (thrown) {
    // Another process was faster.
    if (errnoOf(thrown) === 'EEXIST' && isDirectory(path)) return above;
    throw errnoOf(thrown) === 'ENOENT' ? new Error(`${dirname(path)} takes no directories`, { cause: thrown }) : thrown;
  }
  return [...above, path];
}

/** False: there is nothing at the path. */
function isDirectory(path: string): boolean {
  try {
    if (statSync(path).isDirectory()) return true;
  } catch (thrown) {
    const code = errnoOf(thrown);
    // Below a file: the part that is one is found on the way up.
    if (code === 'ENOTDIR') return false;
    if (code !== 'ENOENT') throw thrown;
    const isDangling = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    if (!isDangling) return false;
    throw new Error(`${path} is a link to nothing`, { cause: thrown });
  }
  throw new Error(`${path} is not a directory`);
}
