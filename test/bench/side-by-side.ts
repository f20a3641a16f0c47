// Real agents of ours and of serf, at several sizes, one cluster after the other on this machine: each in a namespace of its own,
// so that the kernel counts its traffic and nothing of it stays behind. What cannot be had here is named, and the rest is measured.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SIDE_BY_SIDE } from './command-line.ts';
import type { Scale } from './figure.ts';
import { PORT } from './side/cluster.ts';
import { asMeasured, type Comparison } from './side/comparison.ts';
import { INTO, namespaceObstacle } from './side/namespace.ts';
import type { Measured } from './side/rows.ts';
import { serfVersion } from './side/serf-cluster.ts';

const program = join(import.meta.dirname, 'inside.mjs');

/** No figure list as the other benchmarks, because each figure has a counterpart and a size. */
export const sideBySide = {
  name: 'side-by-side' satisfies typeof SIDE_BY_SIDE,
  sizes: { full: [5, 20, 50, 100], quick: [5, 20] } satisfies Record<Scale, readonly number[]>,
  measure,
};

interface Outcome {
  readonly comparison: Comparison;
  /** Something could not be measured, though it should have been. */
  readonly hasFailed: boolean;
}

/** `told`: after each cluster, because all of them take half an hour, and what was measured is not to be lost. */
async function measure(scale: Scale, sizes: readonly number[], told: (soFar: Comparison) => void): Promise<Outcome> {
  const obstacle = namespaceObstacle(PORT);
  if (obstacle !== null) process.stderr.write(`bench: traffic is not counted: ${obstacle}\n`);
  const version = serfVersion();
  if (version === null) process.stderr.write('bench: serf is not measured: no command serf here; Debian’s package is serf\n');
  const quorate: Record<string, Measured> = {};
  const serf: Record<string, Measured> = {};
  const comparison: Comparison = { serfVersion: version ?? '', quorate, serf };
  let hasFailed = false;
  for (const count of sizes) {
    // In turn, so that a slow spell of the machine falls on both.
    for (const [name, results] of [
      ['quorate', quorate],
      ['serf', serf],
    ] as const) {
      if (name === 'serf' && version === null) continue;
      const { figures, problems } = await inside(name, count, scale, obstacle === null);
      results[count] = figures;
      hasFailed ||= problems > 0;
      told(comparison);
    }
  }
  return { comparison, hasFailed };
}

interface Inside {
  readonly figures: Measured;
  readonly problems: number;
}

async function inside(name: string, count: number, scale: Scale, isApart: boolean): Promise<Inside> {
  const args = [name, String(count), scale, isApart ? 'counted' : 'uncounted'];
  const [command, ...words] = [...(isApart ? INTO : []), process.execPath, program, ...args];
  // Its stdin is never written to: it closes when this process ends, however it ends, and that is the sign to end.
  const child = spawn(command!, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    process.stderr.write(`bench: ${name} N=${count} could not be measured: its process ended with ${code}\n`);
    return { figures: {}, problems: 1 };
  }
  const { figures, problems } = JSON.parse(text) as { readonly figures: unknown; readonly problems: number };
  return { figures: asMeasured(figures), problems };
}
