// `quorate tag set K=V… | rm K…`: changes this member's tags and keeps the others. The agent takes only whole sets, so the
// present ones are read first; two of these at the same instant may lose one change.

import { withAgent } from '../agent-client.ts';
import type { CommandLine } from '../command-line.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { readTag } from '../settings/index.ts';

export async function changeTags(line: CommandLine, io: Io): Promise<number> {
  const [action, ...operands] = line.operands;
  const change = changeOf(action ?? '', operands);
  await withAgent(line, io, async (agent) => {
    const { members, self } = await agent.members();
    const tags = new Map(Object.entries(members.find(({ name }) => name === self)?.tags ?? {}));
    change(tags);
    await agent.ask('PUT', '/v1/tags', Object.fromEntries(tags));
  });
  return EXIT.done;
}

type Change = (tags: Map<string, string>) => void;

function changeOf(action: string, operands: readonly string[]): Change {
  if (action === 'set') {
    const pairs = operands.map((operand) => {
      const tag = readTag(operand);
      if (tag.kind === 'wrong') throw new Failure(EXIT.usage, `tag: ${tag.reason}`, 'for example: quorate tag set role=db');
      return tag.value;
    });
    return (tags) => {
      for (const [key, value] of pairs) tags.set(key, value);
    };
  }
  if (action === 'rm') {
    return (tags) => {
      for (const key of operands) {
        if (!tags.delete(key))
          throw new Failure(EXIT.failure, `tag: this member has no tag '${key}'`, `it has: ${[...tags.keys()].join(', ') || 'none'}`);
      }
    };
  }
  throw new Failure(EXIT.usage, `tag: '${action}' is neither set nor rm`, 'the form is: quorate tag set K=V… or quorate tag rm K…');
}
