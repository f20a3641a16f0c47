// Where the program of a command line is looked for, and what is said of a place that cannot be looked at.

import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { findProgram } from '../../src/cli/supervise/program.ts';
import { removeScratch, scratchDirectory } from '../support/cli.ts';

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs')>();
  return { ...real, statSync: vi.fn(real.statSync) };
});

afterAll(removeScratch);

/** `bin` holds the program `tool`; `file` is none and no directory. */
function places(): { readonly bin: string; readonly tool: string; readonly file: string } {
  const root = scratchDirectory();
  const bin = join(root, 'bin');
  mkdirSync(bin);
  const tool = join(bin, 'tool');
  writeFileSync(tool, '#!/bin/sh\n');
  chmodSync(tool, 0o755);
  const file = join(root, 'file');
  writeFileSync(file, '');
  return { bin, tool, file };
}

/** Root may look everywhere, so the refusal is made up. */
function closed(path: string): void {
  vi.mocked(statSync).mockImplementationOnce(() => {
    throw Object.assign(new Error(`EACCES: permission denied, stat '${path}'`), { code: 'EACCES' });
  });
}

describe('a program', () => {
  test('is found behind a file and behind nothing in PATH', () => {
    const { bin, tool, file } = places();
    expect(findProgram('tool', `${file}:/nowhere:${bin}`)).toEqual({ kind: 'found', path: tool });
  });

  test('is found behind a directory of PATH that may not be searched', () => {
    const { bin, tool } = places();
    closed('/closed/tool');
    expect(findProgram('tool', `/closed:${bin}`)).toEqual({ kind: 'found', path: tool });
  });

  test('that no directory holds is not found, whatever is on PATH besides', () => {
    const { bin, file } = places();
    const reason = "no directory of PATH holds a program 'other'";
    expect(findProgram('other', `${file}:${bin}`)).toMatchObject({ kind: 'not-found', reason });
    closed('/closed/other');
    expect(findProgram('other', `/closed:${bin}`)).toMatchObject({ kind: 'not-found', reason });
  });

  test('named by a path below a file is not there, one that may not be looked at may not be executed', () => {
    const { file } = places();
    expect(findProgram(`${file}/x`, '')).toMatchObject({ kind: 'not-found', reason: `there is no file ${file}/x` });
    closed('/closed/x');
    expect(findProgram('/closed/x', '')).toMatchObject({ kind: 'not-executable', reason: '/closed/x may not be executed' });
  });
});
