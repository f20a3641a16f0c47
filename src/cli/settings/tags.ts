// One tag as people type it, held to the bounds that every peer keeps.

import { LIMITS, travelProblem } from '../../core/index.ts';
import type { Read } from './addresses.ts';

export function readTag(text: string): Read<readonly [key: string, value: string]> {
  const equals = text.indexOf('=');
  if (equals < 1) return { kind: 'wrong', reason: `'${text}' is not KEY=VALUE` };
  const key = text.slice(0, equals);
  const value = text.slice(equals + 1);
  const problem = travelProblem(key) ?? travelProblem(value);
  if (problem !== null) return { kind: 'wrong', reason: `the tag ${JSON.stringify(key)} ${problem}` };
  const keyBytes = Buffer.byteLength(key);
  const bytes = keyBytes + Buffer.byteLength(value);
  if (keyBytes > LIMITS.tagKeyBytesMax)
    return {
      kind: 'wrong',
      reason: `the key of '${key.slice(0, 16)}…' has ${keyBytes} bytes, at most ${LIMITS.tagKeyBytesMax} are possible`,
    };
  if (bytes > LIMITS.tagBytesMax)
    return { kind: 'wrong', reason: `the tag '${key}' has ${bytes} bytes, at most ${LIMITS.tagBytesMax} are possible` };
  return { kind: 'read', value: [key, value] };
}
