// `npm run demo`: five real agents on loopback and a worker that must never run twice. The network is cut, healed, and the leader killed;
// what the agents tell is printed as it happens, and at the end stands whether the promises held. Ends with 1 when one did not.

import { Fleet } from '../support/agents.ts';
import { sharedNowMs } from '../support/one-clock.ts';
import { WorkerWatch } from '../support/worker-watch.ts';
import { Demo } from './demo.ts';
import { Timeline } from './timeline.ts';

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.exitCode = await main();

async function main(): Promise<number> {
  const fleet = new Fleet();
  const timeline = new Timeline(sharedNowMs(), (line) => process.stdout.write(line));
  const workers = await WorkerWatch.open(fleet.directory, (life) => timeline.tellLife(life));
  try {
    const checks = await new Demo(fleet, workers, timeline).play();
    timeline.end();
    for (const { name, found, holds } of checks) process.stdout.write(`${holds ? 'ok    ' : 'FAILED'}  ${name}: ${found}\n`);
    return checks.every(({ holds }) => holds) ? 0 : 1;
  } catch (error) {
    timeline.end();
    process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await fleet.close();
    await workers.close();
  }
}
