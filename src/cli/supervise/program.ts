// Finds the program of a command line as the shell would, so that 126 and 127 can be told before anything is started.

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type FoundProgram =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'not-found'; readonly reason: string }
  | { readonly kind: 'not-executable'; readonly reason: string };

export function findProgram(name: string, searchPath: string | undefined): FoundProgram {
  if (name === '') return { kind: 'not-found', reason: 'the command is empty' };
  if (name.includes('/')) {
    const found = judge(name);
    return found.kind === 'closed' ? { ...found, kind: 'not-executable' } : found;
  }
  let last: FoundProgram = { kind: 'not-found', reason: `no directory of PATH holds a program '${name}'` };
  for (const directory of (searchPath ?? '/usr/local/bin:/usr/bin:/bin').split(delimiter)) {
    const found = judge(join(directory === '' ? '.' : directory, name));
    if (found.kind === 'found') return found;
    // A directory that may not be searched is passed over, as a shell does.
    if (found.kind === 'not-executable') last = found;
  }
  return last;
}

/** `closed`: what is there cannot be looked at. */
function judge(path: string): FoundProgram | { readonly kind: 'closed'; readonly reason: string } {
  try {
    if (!statSync(path).isFile()) return { kind: 'not-executable', reason: `${path} is no file` };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'not-found', reason: `there is no file ${path}` };
    return { kind: 'closed', reason: code === 'EACCES' ? `${path} may not be executed` : `${path} cannot be looked at: ${code}` };
  }
  try {
    accessSync(path, constants.X_OK);
    return { kind: 'found', path };
  } catch {
    return { kind: 'not-executable', reason: `${path} may not be executed` };
  }
}
