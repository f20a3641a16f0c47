// The boot id as the system tells it.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBootId } from '../../src/agent/boot-id.ts';
import { temporaryDir } from '../support/temporary.ts';

test.runIf(existsSync('/proc/sys/kernel/random/boot_id'))('the boot id stays the same within a boot', () => {
  expect(readBootId()).toMatch(/^[0-9a-f-]{36}$/);
  expect(readBootId()).toBe(readBootId());
});

test('what is absent or no id is not told', () => {
  const path = join(temporaryDir(), 'boot_id');
  expect(readBootId(path)).toBeNull();
  writeFileSync(path, 'nonsense\n');
  expect(readBootId(path)).toBeNull();
});
