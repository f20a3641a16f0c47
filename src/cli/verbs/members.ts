// `quorate members`: the list, as this agent sees it. Answered is 0, whatever the list says.

import type { MembersFilter } from '../../api/client.ts';
import type { MemberJson, MembersJson } from '../../api/contract.ts';
import { withAgent } from '../agent-client.ts';
import { type CommandLine, isSet, textOf } from '../command-line.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { type Cell, type Colour, jsonLine, shortDuration, table } from '../print.ts';

export async function showMembers(line: CommandLine, io: Io): Promise<number> {
  const filter = filterOf(line);
  const ask = (): Promise<MembersJson> => withAgent(line, io, (agent) => agent.members(filter));
  if (isSet(line, 'watch')) {
    const { watch } = await import('../watch.ts');
    return watch(io, isSet(line, 'json'), async () => {
      const document = await ask();
      return { screen: membersTable(io, document), document, key: String(document.index) };
    });
  }
  const document = await ask();
  io.out.write(isSet(line, 'json') ? jsonLine(document) : membersTable(io, document));
  return EXIT.done;
}

/** Off a terminal the order of the columns is a promise: name, state, address, age in ms, round trip in ms, zone, tags. */
export function membersTable(io: Io, { members, self }: MembersJson): string {
  const isTerminal = io.out.isTerminal;
  const head = ['NAME', 'STATE', 'ADDRESS', 'AGE', 'RTT', 'ZONE', 'TAGS'];
  return table(
    io,
    head,
    members.map((member): Cell[] => [
      { text: isTerminal && member.name === self ? `${member.name} (this)` : member.name },
      stateCell(member.state),
      { text: member.address },
      { text: isTerminal ? shortDuration(member.ageMs) : String(member.ageMs) },
      { text: roundTrip(member, isTerminal) },
      { text: member.zone },
      { text: tagsText(member.tags) },
    ]),
  );
}

const COLOURS: Readonly<Record<MemberJson['state'], Colour>> = {
  alive: 'green',
  suspect: 'yellow',
  failed: 'red',
  left: 'dim',
  stopped: 'dim',
};

function stateCell(state: MemberJson['state']): Cell {
  return { text: state, colour: COLOURS[state] };
}

function roundTrip({ rttMs }: MemberJson, isTerminal: boolean): string {
  if (rttMs === null) return '';
  return isTerminal ? `${rttMs.toFixed(1)}ms` : String(rttMs);
}

function tagsText(tags: MemberJson['tags']): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function filterOf(line: CommandLine): MembersFilter {
  const state = textOf(line, 'state');
  const tag = textOf(line, 'tag');
  const equals = tag?.indexOf('=') ?? 1;
  if (equals < 1) throw new Failure(EXIT.usage, `members: --tag '${tag}' is not KEY=VALUE`, 'for example: quorate members --tag role=db');
  return {
    ...(state === null ? {} : { state }),
    ...(tag === null ? {} : { tags: [[tag.slice(0, equals), tag.slice(equals + 1)] as const] }),
  };
}
