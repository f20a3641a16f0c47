// The completion scripts: bash is asked for real, where there is one; the others must hold every verb and option.

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { VERBS } from '../../src/cli/option-table.ts';
import { run } from '../support/cli.ts';

const hasBash = spawnSync('bash', ['-c', 'type compgen']).status === 0;

describe('completion', () => {
  test.runIf(hasBash).each([
    ['mem', ['members']],
    ['agent --profile l', ['local', 'lan']],
    ['agent --no', ['--no-vote', '--no-lead']],
    ['tag ', ['set', 'rm']],
    ['events --type member-s', ['member-suspect', 'member-stopped']],
  ])('of bash: quorate %s', async (line, words) => {
    const { out } = await run('completion bash');
    const typed = ['quorate', ...line.split(' ')];
    const script = `${out}\nCOMP_WORDS=(${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length - 1}; _quorate; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout.trimEnd().split('\n')).toEqual(words);
  });

  test.each(['bash', 'zsh', 'fish'])('of %s knows every verb and every option', async (shell) => {
    const { out } = await run(`completion ${shell}`);
    for (const { name, options } of VERBS) {
      expect(out).toContain(name);
      for (const option of options) expect(out).toContain(shell === 'fish' ? `-l ${option.name}` : `--${option.name}`);
    }
  });
});
