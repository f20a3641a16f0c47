// `quorate recover --force`: the last resort after the majority is lost for good (R12). It makes a new cluster of this node alone,
// which nobody who was in the old one belongs to until they join anew; so the name of the cluster is asked for first.

import { withAgent } from '../agent-client.ts';
import { type CommandLine, isSet } from '../command-line.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { escapeText } from '../print.ts';

export async function recover(line: CommandLine, io: Io): Promise<number> {
  if (!isSet(line, 'force'))
    throw new Failure(
      EXIT.usage,
      'recover: this gives up the old cluster, and cannot be undone',
      'first try to start the missing voters again; if they are lost for good: quorate recover --force',
    );
  const { cluster, name, standing, record } = await withAgent(line, io, (agent) => agent.status());
  if (standing === 'quorate')
    throw new Failure(EXIT.failure, `recover: ${name} has a quorum, nothing is lost`, 'quorate voters changes who votes');
  const others = (record?.voters ?? []).map((voter) => voter.name).filter((voter) => voter !== name);
  io.err.write(
    [
      `${escapeText(name)} becomes a new cluster of its own. Do this on one host only, and only when a majority of the voters is lost for good.`,
      `If any of these still runs or comes back, there are two clusters: ${escapeText(others.join(', ') || 'none known')}`,
      'Survivors enter the new cluster by joining it with an empty state directory.',
      `To go on, type the name of the cluster (${escapeText(cluster)}): `,
    ].join('\n'),
  );
  const typed = (await io.readLine())?.trim() ?? '';
  if (typed !== cluster)
    throw new Failure(
      EXIT.failure,
      `recover: '${typed}' is not the name of the cluster, nothing was done`,
      `to be asked again: quorate recover --force; the name is ${cluster}`,
    );
  await withAgent(line, io, (agent) => agent.ask('POST', '/v1/recover', { cluster }));
  io.err.write(`the agent of ${escapeText(name)} ends now; started again it is a new cluster, which the others may join\n`);
  return EXIT.done;
}
