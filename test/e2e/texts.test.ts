// Texts that no peer would read as they were written: refused where they are given, so that no packet ever bears them.

import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ProblemJson } from '../../src/api/contract.ts';
import { newLab } from '../support/lab.ts';

test('half of a character in a tag is refused by the API, and the tags stay as they were for all', async () => {
  const lab = newLab();
  const first = await lab.start({ name: 'n1', flags: ['--init', '--tag', 'role=db'] });
  const second = await lab.start({ name: 'n2', flags: ['--join', (await first.status()).address] });
  for (const tags of [{ role: 'x\ud800' }, { '\udc00': 'x' }]) {
    const answer = await first.put('/v1/tags', tags);
    const { code, detail } = JSON.parse(answer.body) as ProblemJson;
    expect([answer.status, code]).toStrictEqual([400, 'invalid']);
    expect(detail).toMatch(/^the (tag|key) "\S+" holds half of a character, or begins with a byte order mark$/);
  }
  expect((await first.put('/v1/tags', { role: 'db', wide: '\u{1f600}' })).status).toBe(200);
  await expect.poll(async () => (await second.member('n1'))?.tags, { timeout: 20_000 }).toStrictEqual({ role: 'db', wide: '\u{1f600}' });
});

test('half of a character in the settings is refused with its line', async () => {
  const lab = newLab();
  const config = lab.path('quorate.json');
  writeFileSync(config, '{\n  "init": true,\n  "zone": "\\ud800"\n}\n', { mode: 0o600 });
  const { code, stderr } = await lab.run(['agent', '--config', config, '--bind', `${lab.address()}:0`, '--state-dir', lab.path('state')]);
  expect(stderr).toBe(`quorate: ${config}:3: zone: holds half of a character, or begins with a byte order mark
  → write it with whole characters
`);
  expect(code).toBe(78);
});
