// Finds the program of a command line as the shell would, so that 126 and 127 can be told before anything is started.

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type FoundProgram =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'not-found'; readonly reason: string }
  | { readonly kind: 'not-executable'; readonly reason: string };

export function findProgram(name: string, searchPath: string | undefined): FoundProgram {
  if (name === '') return { kind: 'not-found', reason: 'the command is empty' };
  if (name.includes('/')) return judge(name);
  let last: FoundProgram = { kind: 'not-found', reason: `no directory of PATH holds a program '${name}'` };
  for (const directory of (searchPath ?? '/usr/local/bin:/usr/bin:/bin').split(delimiter)) {
    const found = judge(join(directory === '' ? '.' : directory, name));
    if (found.kind === 'found') return found;
    if (found.kind === 'not-executable') last = found;
  }
  return last;
}

function judge(path: string): FoundProgram {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return { kind: 'not-found', reason: `there is no file ${path}` };
  if (!stats.isFile()) return { kind: 'not-executable', reason: `${path} is no file` };
  try {
    accessSync(path, constants.X_OK);
    return { kind: 'found', path };
  } catch {
    return { kind: 'not-executable', reason: `${path} may not be executed` };
  }
}
