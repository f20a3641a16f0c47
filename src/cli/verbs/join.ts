// `quorate join HOST…`: further seeds for the running agent. It goes on trying them; this only hands them over.

import { withAgent } from '../agent-client.ts';
import type { CommandLine } from '../command-line.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { readSeed } from '../settings/index.ts';
import { suggested } from '../suggestions.ts';

export async function join(line: CommandLine, io: Io): Promise<number> {
  const seeds = line.operands.flatMap((operand) => operand.split(',')).filter((part) => part !== '');
  const read = seeds.map((seed) => {
    const result = readSeed(seed);
    if (result.kind === 'wrong')
      throw new Failure(EXIT.usage, `join: ${result.reason}`, 'for example: quorate join 10.0.0.1 db.example.org:7946');
    return result.value;
  });
  if (read.length === 0) throw new Failure(EXIT.usage, 'join: no host is named', 'for example: quorate join 10.0.0.1');
  await withAgent(line, io, (agent) => agent.ask('POST', '/v1/join', { seeds: read }));
  io.err.write(`the agent now tries ${read.join(', ')}; ${suggested(line, 'quorate members')} shows who answers\n`);
  return EXIT.done;
}
