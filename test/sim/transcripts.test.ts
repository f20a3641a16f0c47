// What people would see, line by line: time, host, event. A change of behaviour shows as a readable difference of these files;
// `npx vitest run test/sim/transcripts.test.ts -u` writes them anew.

import { describe, expect, test } from 'vitest';
import { narration, run } from '../../src/sim/index.ts';

describe('transcripts', () => {
  test.each([
    ['crash-one', 3],
    ['leave', 3],
    ['restart-new-address', 3],
    ['partition-heal', 3],
  ])('%s reads as written down', async (scene, nodes) => {
    const lines: string[] = [];
    const report = run({ seed: 1, scene, nodes, untilMs: null }, { narrate: (atMs, who, what) => lines.push(narration(atMs, who, what)) });
    expect(report.violation).toBeNull();
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`../scenarios/${scene}.txt`);
  });
});
