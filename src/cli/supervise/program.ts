// Finds the program of a command line as the shell would, so that 126 and 127 can be told before anything is started.

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { shellWord } from '../suggestions.ts';

export type FoundProgram = { readonly kind: 'found'; readonly path: string } | NoProgram;

export interface NoProgram {
  readonly kind: 'not-found' | 'not-executable';
  readonly reason: string;
  readonly hint: string;
}

export function findProgram(name: string, searchPath: string | undefined): FoundProgram {
  if (name === '') return notFound('the command is empty', 'it comes after two hyphens: quorate run --leader -- ./worker');
  if (name.includes('/')) {
    const found = judge(name);
    return found.kind === 'closed'
      ? notExecutable(found.reason, `see who may search the directories of it: namei -l ${shellWord(name)}`)
      : found;
  }
  let last: FoundProgram = notFound(
    `no directory of PATH holds a program '${name}'`,
    'name it by its path, such as ./worker; or see: echo $PATH',
  );
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
    if (!statSync(path).isFile()) return notExecutable(`${path} is no file`, 'name a program');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return notFound(`there is no file ${path}`, `see what is there: ls -l ${shellWord(dirname(path))}`);
    return { kind: 'closed', reason: code === 'EACCES' ? `${path} may not be executed` : `${path} cannot be looked at: ${code}` };
  }
  try {
    accessSync(path, constants.X_OK);
    return { kind: 'found', path };
  } catch {
    return notExecutable(`${path} may not be executed`, `if it is a program: chmod +x ${shellWord(path)}`);
  }
}

function notFound(reason: string, hint: string): NoProgram {
  return { kind: 'not-found', reason, hint };
}

function notExecutable(reason: string, hint: string): NoProgram {
  return { kind: 'not-executable', reason, hint };
}
