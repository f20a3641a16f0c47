// One tag as people type it, held to the bounds that every peer keeps.

import { LIMITS, travelProblem } from '../../core/index.ts';
import { type Read, wrong } from './addresses.ts';

export function readTag(text: string): Read<readonly [key: string, value: string]> {
  const equals = text.indexOf('=');
  if (equals < 1) return wrong(`'${text}' is not KEY=VALUE`, 'for example: role=db');
  const key = text.slice(0, equals);
  const value = text.slice(equals + 1);
  const problem = travelProblem(key) ?? travelProblem(value);
  if (problem !== null) return wrong(`the tag ${JSON.stringify(key)} ${problem}`, 'write it with whole characters');
  const keyBytes = Buffer.byteLength(key);
  const bytes = keyBytes + Buffer.byteLength(value);
  if (keyBytes > LIMITS.tagKeyBytesMax)
    return wrong(
      `the key of '${key.slice(0, 16)}…' has ${keyBytes} bytes, at most ${LIMITS.tagKeyBytesMax} are possible`,
      'choose a shorter one',
    );
  if (bytes > LIMITS.tagBytesMax)
    return wrong(`the tag '${key}' has ${bytes} bytes, at most ${LIMITS.tagBytesMax} are possible`, 'choose a shorter value');
  return { kind: 'read', value: [key, value] };
}
