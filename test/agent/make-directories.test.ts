// A directory with its parents, made part by part: what is made, and what is said of a place that takes none.

import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeDirectories } from '../../src/agent/make-directories.ts';
import { temporaryDir } from '../support/temporary.ts';

describe('directories', () => {
  test('that are missing are made for this user alone, and told outermost first', () => {
    const root = temporaryDir();
    const [a, b, c] = [join(root, 'a'), join(root, 'a', 'b'), join(root, 'a', 'b', 'c')] as const;
    mkdirSync(a, { mode: 0o755 });
    const modeBefore = statSync(a).mode;
    expect(makeDirectories(c)).toEqual([b, c]);
    expect([statSync(b).mode & 0o777, statSync(c).mode & 0o777, statSync(a).mode]).toEqual([0o700, 0o700, modeBefore]);
    expect(makeDirectories(c)).toEqual([]);
    expect(makeDirectories('.')).toEqual([]);
  });

  test('behind a link are those that it leads to', () => {
    const root = temporaryDir();
    symlinkSync(root, join(root, 'link'));
    expect(makeDirectories(join(root, 'link', 'a'))).toEqual([join(root, 'link', 'a')]);
    expect(existsSync(join(root, 'a'))).toBe(true);
  });

  test('below what is no directory are refused by its name', () => {
    const root = temporaryDir();
    const [file, link] = [join(root, 'file'), join(root, 'link')];
    writeFileSync(file, '');
    symlinkSync('nowhere', link);
    for (const path of [file, join(file, 'a'), join(file, 'a', 'b')]) {
      expect(() => makeDirectories(path)).toThrow(new Error(`${file} is not a directory`));
    }
    for (const path of [link, join(link, 'a')]) expect(() => makeDirectories(path)).toThrow(new Error(`${link} is a link to nothing`));
  });

  // Node 20 does not return from a recursive mkdir there.
  test.runIf(existsSync('/proc/self'))('where the kernel takes none are refused at once', () => {
    expect(() => makeDirectories('/proc/none')).toThrow(new Error('/proc takes no directories'));
    expect(() => makeDirectories('/proc/none/below')).toThrow(new Error('/proc takes no directories'));
  });
});
