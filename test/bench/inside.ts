// One cluster of one contender measured from beginning to end: `node inside.mjs quorate|serf COUNT full|quick counted|uncounted`.
// A program of its own, because it runs in a namespace of its own, with every agent it starts. It ends when its stdin does: then
// whoever started it is gone. Figures on stdout as one line of JSON; what could not be measured is named on stderr, and the rest goes on.

import type { Scale } from './figure.ts';
import { type Cluster, PORT } from './side/cluster.ts';
import { crashes, fullLoad, leaves, standstill } from './side/faults.ts';
import { furnish } from './side/namespace.ts';
import { QuorateCluster } from './side/quorate-cluster.ts';
import type { Measured } from './side/rows.ts';
import { SerfCluster } from './side/serf-cluster.ts';
import { coldStart, idleness, questions, type Stage, startUp } from './side/trials.ts';

const [contender, countText, scaleText, counting] = process.argv.slice(2);
const scale: Scale = scaleText === 'full' ? 'full' : 'quick';
const count = Number(countText);
const isCounted = counting === 'counted';

process.stdin.resume().once('close', () => process.exit(1));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
if (isCounted) await furnish(PORT);
process.stdout.write(`${JSON.stringify(await measured())}\n`, () => process.exit());

async function measured(): Promise<{ readonly figures: Measured; readonly problems: number }> {
  const figures: Measured = {};
  let problems = 0;
  const cluster = newCluster();
  const told = new Set<string>();
  const stage: Stage = { cluster, count, scale, isCounted };
  const complain = (name: string, sentence: string): void => {
    if (told.has(sentence)) return;
    told.add(sentence);
    problems += 1;
    process.stderr.write(`bench: ${contender} N=${count}: ${name}: ${sentence}\n`);
  };
  const attempt = async (name: string, trial: (stage: Stage) => Promise<Measured>): Promise<boolean> => {
    process.stderr.write(`bench: ${contender} N=${count}: ${name} …\n`);
    let isMeasured = true;
    try {
      Object.assign(figures, await trial(stage));
    } catch (error) {
      isMeasured = false;
      complain(name, `could not be measured: ${error instanceof Error ? error.message : error}`);
    }
    // Figures of a cluster that one of its agents has left unasked are not those of that size.
    for (const sentence of cluster.lost()) complain(name, sentence);
    return isMeasured;
  };
  if (await attempt('start', startUp)) {
    await attempt('idle', idleness);
    await attempt('members', questions);
    await attempt('cold start', coldStart);
    await attempt('pause', standstill);
    await attempt('crash', crashes);
    await attempt('load', fullLoad);
    await attempt('leave', leaves);
  }
  await cluster.close();
  const rounded = Object.entries(figures).map(([key, value]) => [key, Number(value.toPrecision(4))]);
  return { figures: Object.fromEntries(rounded), problems };
}

function newCluster(): Cluster {
  return contender === 'serf' ? new SerfCluster() : new QuorateCluster();
}
