// The part of a request's target behind the question mark: known keys only, each once unless it may repeat.
// A mistyped key or value is refused, for ignoring it would answer another question than the one asked.

import {
  EVENT_TYPES,
  type EventTypeJson,
  LEASE_SCOPES,
  type LeaseScopeJson,
  MEMBER_STATES_SHOWN,
  type MemberStateJson,
} from './contract.ts';
import { didYouMean } from './nearest.ts';
import { bad, type Checked, ok, quoted } from './reply.ts';

export interface MembersQuery {
  readonly state: MemberStateJson | null;
  /** All of them must be there. */
  readonly tags: readonly (readonly [key: string, value: string])[];
}

export interface EventsQuery {
  /** 0: from the beginning of this run. */
  readonly since: number;
  /** Null: all. */
  readonly types: ReadonlySet<EventTypeJson> | null;
  readonly follow: boolean;
}

export interface LeaseQuery {
  readonly scope: LeaseScopeJson;
  /** The client says by POST /v1/lease/ended when its child is dead. */
  readonly reports: boolean;
  /** The id that the client was given on an earlier connection. */
  readonly resume: string | null;
}

export function membersQuery(query: string): Checked<MembersQuery> {
  const checked = parameters(query, ['state', 'tag'], ['tag']);
  if (checked.kind === 'bad') return checked;
  const state = checked.value.get('state');
  if (state !== null && !isOneOf(state, MEMBER_STATES_SHOWN)) return unknownWord('state', state, MEMBER_STATES_SHOWN);
  const tags: [string, string][] = [];
  for (const tag of checked.value.getAll('tag')) {
    const colon = tag.indexOf(':');
    if (colon < 1) return bad('invalid-query', `the filter tag=${quoted(tag)} has no key`, 'write tag=KEY:VALUE');
    tags.push([tag.slice(0, colon), tag.slice(colon + 1)]);
  }
  return ok({ state, tags });
}

/** `lastEventId` is the header by which an EventSource resumes; it is newer than the URL, so it wins. */
export function eventsQuery(query: string, lastEventId: string | undefined): Checked<EventsQuery> {
  const checked = parameters(query, ['since', 'type', 'follow'], ['type']);
  if (checked.kind === 'bad') return checked;
  const since = lastEventId ?? checked.value.get('since') ?? '0';
  if (!/^\d{1,16}$/.test(since) || !Number.isSafeInteger(Number(since))) {
    return bad(
      'invalid-query',
      `${quoted(since)} is no event id to continue after`,
      'give the id of the last event you have, a whole number',
    );
  }
  const follow = checked.value.get('follow') ?? 'true';
  if (follow !== 'true' && follow !== 'false') return unknownWord('follow', follow, ['true', 'false']);
  const words = checked.value.getAll('type').flatMap((list) => list.split(','));
  const types = new Set<EventTypeJson>();
  for (const word of words) {
    if (!isOneOf(word, EVENT_TYPES)) return unknownWord('type', word, EVENT_TYPES);
    types.add(word);
  }
  return ok({ since: Number(since), types: types.size === 0 ? null : types, follow: follow === 'true' });
}

export function leaseQuery(query: string): Checked<LeaseQuery> {
  const checked = parameters(query, ['for', 'reports', 'client'], []);
  if (checked.kind === 'bad') return checked;
  const scope = checked.value.get('for') ?? '';
  if (!isOneOf(scope, LEASE_SCOPES)) return unknownWord('for', scope, LEASE_SCOPES);
  const reports = checked.value.get('reports') ?? 'false';
  if (reports !== 'true' && reports !== 'false') return unknownWord('reports', reports, ['true', 'false']);
  return ok({ scope, reports: reports === 'true', resume: checked.value.get('client') });
}

export function portQuery(query: string): Checked<number> {
  const checked = parameters(query, ['port'], []);
  if (checked.kind === 'bad') return checked;
  const port = checked.value.get('port') ?? '';
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    return bad('invalid-query', `${quoted(port)} is no port`, 'say where your exporters listen: ?port=9100');
  }
  return ok(Number(port));
}

export function noQuery(query: string): Checked<null> {
  const checked = parameters(query, [], []);
  return checked.kind === 'bad' ? checked : ok(null);
}

function parameters(query: string, known: readonly string[], mayRepeat: readonly string[]): Checked<URLSearchParams> {
  const parsed = new URLSearchParams(query);
  for (const key of parsed.keys()) {
    if (!known.includes(key)) {
      const hint = known.length === 0 ? 'leave out everything from the question mark on' : didYouMean(key, known);
      return bad('unknown-parameter', `this route knows no parameter ${quoted(key)}`, hint);
    }
    if (!mayRepeat.includes(key) && parsed.getAll(key).length > 1) {
      return bad('invalid-query', `the parameter ${key} is given more than once`, 'give it once');
    }
  }
  return ok(parsed);
}

function unknownWord(key: string, word: string, known: readonly string[]): ReturnType<typeof bad> {
  return bad('invalid-query', `${key}=${quoted(word)} is none of the values that ${key} may have`, didYouMean(word, known));
}

function isOneOf<T extends string>(word: string, known: readonly T[]): word is T {
  return (known as readonly string[]).includes(word);
}
