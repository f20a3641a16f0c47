// Which boot of the machine this is: whether processes of an earlier run may still be there (R13).

import { readFileSync } from 'node:fs';

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';

/** Null where the system does not tell; then every boot has to be taken for the same one. */
export function readBootId(path = BOOT_ID_FILE): string | null {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^[0-9a-f-]{32,36}$/.test(text) ? text : null;
  } catch {
    return null;
  }
}
