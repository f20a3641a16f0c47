// What a member may say of itself: what every peer reads alike and accepts. Whoever speaks otherwise is refused whole, packet by
// packet, so it is checked where facts are made; what comes in is checked by wire/.

import { type Facts, LIMITS, type Meta, NAME_PATTERN } from './message.ts';

/** Null, or the sentence that says which fact no peer would accept. */
export function factsProblem(facts: Facts): string | null {
  if (!NAME_PATTERN.test(facts.name)) return `the name ${JSON.stringify(facts.name)} is not one`;
  return textProblem('the zone', facts.meta.zone, LIMITS.zoneLengthMax) ?? tagsProblem(facts.meta.tags);
}

export function tagsProblem(tags: Meta['tags']): string | null {
  if (tags.length > LIMITS.tagsMax) return `${tags.length} tags are too many, at most ${LIMITS.tagsMax} are possible`;
  for (let i = 0; i < tags.length; i++) {
    const [key, value] = tags[i]!;
    const shown = JSON.stringify(key.slice(0, 16));
    const problem =
      textProblem(`the key ${shown}`, key, LIMITS.tagKeyBytesMax) ??
      textProblem(`the tag ${shown}`, value, LIMITS.tagBytesMax - utf8Bytes(key));
    if (problem !== null) return problem;
    if (i > 0 && !(tags[i - 1]![0] < key)) return `the key ${shown} is not above the one before: keys are sorted, each there once`;
  }
  return null;
}

// A half of a character becomes another one on the way, and a byte order mark at the start is swallowed.
const LOST_ON_THE_WAY = /^\ufeff|\p{Surrogate}/u;

/** Null, or what keeps this text from arriving as it is. */
export function travelProblem(text: string): string | null {
  return LOST_ON_THE_WAY.test(text) ? 'holds half of a character, or begins with a byte order mark' : null;
}

function textProblem(what: string, text: string, bytesMax: number): string | null {
  const problem = travelProblem(text);
  if (problem !== null) return `${what} ${problem}`;
  const bytes = utf8Bytes(text);
  return bytes > bytesMax ? `${what} has ${bytes} bytes, at most ${bytesMax} are possible` : null;
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
