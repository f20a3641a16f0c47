// Opening a state directory: where it is, who may have it, and what is said when it cannot be used.

import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { chooseStateDir } from '../../src/agent/defaults.ts';
import { OperationalError } from '../../src/agent/operational-error.ts';
import { openState } from '../../src/agent/state-dir.ts';
import { bundleChild, startChild } from '../support/child.ts';
import { durableState } from '../support/durable-state.ts';
import { temporaryDir } from '../support/temporary.ts';

async function refusalOf(path: string): Promise<OperationalError> {
  const outcome: unknown = await openState({ kind: 'path', path }).catch((thrown: unknown) => thrown);
  if (outcome instanceof OperationalError) return outcome;
  throw new Error('it was opened');
}

describe('where the state is', () => {
  const path = (of: string): unknown => ({ kind: 'path', path: of });

  test('follows the flag, then --dev, then who asks', () => {
    const env = { HOME: '/home/u', XDG_STATE_HOME: '/x' };
    expect(chooseStateDir('/s', true, env, true)).toEqual(path('/s'));
    expect(chooseStateDir(null, true, env, true)).toEqual({ kind: 'temporary' });
    expect(chooseStateDir(null, false, env, true)).toEqual(path('/var/lib/quorate'));
    expect(chooseStateDir(null, false, env, false)).toEqual(path('/x/quorate'));
    expect(chooseStateDir(null, false, { HOME: '/home/u', XDG_STATE_HOME: 'relative' }, false)).toEqual(
      path('/home/u/.local/state/quorate'),
    );
  });
});

describe('a state directory', () => {
  test('that is relative is refused where the working directory was removed', () => {
    const cwd = vi.spyOn(process, 'cwd').mockImplementation(() => {
      throw new Error('ENOENT: no such file or directory, uv_cwd');
    });
    try {
      expect(() => chooseStateDir('state', false, {}, true)).toThrow(
        new OperationalError(
          'state-unwritable',
          'the state directory state is nowhere: the working directory was removed',
          'Change to a directory that is there, or give the whole path by --state-dir.',
        ),
      );
      expect(chooseStateDir('/state', false, {}, true)).toEqual({ kind: 'path', path: '/state' });
    } finally {
      cwd.mockRestore();
    }
  });

  test('is made with its parents, for this user alone', async () => {
    const dir = join(temporaryDir(), 'a', 'b');
    const open = await openState({ kind: 'path', path: dir });
    expect(open.loaded).toEqual({ kind: 'empty' });
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    await open.close();
    expect(readdirSync(dir)).toEqual([]);
  });

  test('gives what the run before saved, peers included', async () => {
    const dir = temporaryDir();
    const before = await openState({ kind: 'path', path: dir });
    before.store.save(durableState(), () => {});
    before.store.rememberPeers([]);
    await before.close();
    const open = await openState({ kind: 'path', path: dir });
    expect(open.loaded).toEqual({ kind: 'state', state: durableState(), bootId: open.bootId });
    expect(open.peers).toEqual({ addresses: [], warning: null });
    await open.close();
  });

  test('that is in use is refused, and the one in use is not touched', async () => {
    const dir = temporaryDir();
    const open = await openState({ kind: 'path', path: dir });
    expect((await refusalOf(dir)).code).toBe('state-locked');
    expect(readdirSync(dir)).toEqual(['lock.sock']);
    await open.close();
  });

  test('with an unreadable state is refused and let go', async () => {
    const dir = temporaryDir();
    writeFileSync(join(dir, 'state.json'), 'garbage');
    expect((await refusalOf(dir)).code).toBe('state-unreadable');
    expect((await refusalOf(dir)).code).toBe('state-unreadable');
  });

  test('below a file is refused with the path, the reason and what to do', async () => {
    const file = join(temporaryDir(), 'file');
    writeFileSync(file, '');
    const refusal = await refusalOf(join(file, 'state'));
    expect(refusal.code).toBe('state-unwritable');
    expect(refusal.message).toBe(`the state directory ${file}/state cannot be made: ${file} is not a directory`);
    expect(refusal.hint).toBe('Choose another one by --state-dir DIR.');
    expect((await refusalOf(file)).message).toBe(`the state directory ${file} cannot be made: ${file} is not a directory`);
  });

  test.runIf(existsSync('/proc/self'))('in a place that takes none is refused at once', async () => {
    expect((await refusalOf('/proc/foo/bar')).message).toBe('the state directory /proc/foo/bar cannot be made: /proc takes no directories');
  });

  test('where nothing can be written is refused with the reason', async () => {
    expect((await refusalOf('/proc/self')).code).toBe('state-unwritable');
    expect((await refusalOf('/proc/self')).message).toContain('/proc/self');
  });

  // Root may write everywhere, so another user has to try.
  test.runIf(process.getuid?.() === 0)('that another user owns is refused for want of permission', async () => {
    const dir = temporaryDir();
    chmodSync(dir, 0o755);
    const readOnly = join(dir, 'read-only');
    mkdirSync(readOnly, { mode: 0o555 });
    const nobody = 65_534;
    chownSync(readOnly, nobody, nobody);
    const file = await bundleChild('open-state', temporaryDir());
    for (const path of [join(dir, 'new'), readOnly]) {
      const child = startChild(file, [path], { stdio: ['ignore', 'pipe', 'inherit'], uid: nobody, gid: nobody });
      let said = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      await new Promise((resolve) => child.once('close', resolve));
      expect(JSON.parse(said)).toMatchObject({ kind: 'state-unwritable', message: expect.stringContaining('permission denied (EACCES)') });
      expect(said).toContain(path);
    }
  });

  test('of a dev agent is its own and gone after the stop', async () => {
    const first = await openState({ kind: 'temporary' });
    const second = await openState({ kind: 'temporary' });
    expect(first.dir).not.toBe(second.dir);
    expect(first.isTemporary).toBe(true);
    await first.close();
    await second.close();
    expect(existsSync(first.dir)).toBe(false);
  });
});
