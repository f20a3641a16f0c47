// The table of routes: path and method to the function that answers; unknown paths and wrong methods to a problem that helps.
// Paths are compared as they were sent: nothing is normalised, so no trick of dots or slashes leads anywhere.

import type { AgentHandle } from '../agent/handle.ts';
import { nearest } from './nearest.ts';
import type { EventsQuery, LeaseQuery } from './query.ts';
import { readRoutes } from './reads.ts';
import { problem, quoted, type Reply } from './reply.ts';
import { writeRoutes } from './writes.ts';

export interface ApiRequest {
  /** What stands for {name} in the path, still percent-encoded. */
  readonly name: string;
  /** Behind the question mark. */
  readonly query: string;
  readonly body: string;
  readonly lastEventId: string | undefined;
  readonly isEventSource: boolean;
}

export type Outcome = Reply | Stream;

export type Stream =
  | { readonly kind: 'events'; readonly query: EventsQuery; readonly isEventSource: boolean }
  | { readonly kind: 'lease'; readonly query: LeaseQuery };

export interface Route {
  readonly methods: readonly string[];
  readonly path: string;
  /** Its answer may be given again within the millisecond: nothing in it says how much of a lease is left. */
  readonly isCacheable?: true;
  /** A read that is more than one: not for every user of the host. */
  readonly isAdminOnly?: true;
  readonly handle: (request: ApiRequest) => Outcome | Promise<Reply>;
}

export type Found = { readonly kind: 'route'; readonly route: Route; readonly name: string; readonly query: string } | Reply;

const MEMBER_PREFIX = '/v1/members/';
const MEMBER_PATH = '/v1/members/{name}';

export class Routes {
  readonly #byPath = new Map<string, Route[]>();

  constructor(agent: AgentHandle, socket: () => string) {
    for (const route of [...readRoutes(agent, socket), ...writeRoutes(agent)]) {
      const others = this.#byPath.get(route.path);
      if (others === undefined) this.#byPath.set(route.path, [route]);
      else others.push(route);
    }
  }

  /** HEAD finds what GET finds. */
  find(method: string, target: string): Found {
    const { path, query } = split(target);
    let name = '';
    let routes = this.#byPath.get(path);
    if (path.startsWith(MEMBER_PREFIX)) {
      name = path.slice(MEMBER_PREFIX.length);
      if (name !== '' && !name.includes('/')) routes = this.#byPath.get(MEMBER_PATH);
    }
    if (routes === undefined) return this.#unknown(path);
    const wanted = method === 'HEAD' ? 'GET' : method;
    const route = routes.find((one) => one.methods.includes(wanted));
    return route === undefined ? wrongMethod(method, path, routes) : { kind: 'route', route, name, query };
  }

  #unknown(path: string): Reply {
    const close = nearest(path, this.#byPath.keys());
    const all = `known: ${[...this.#byPath.keys()].join(' ')}`;
    return problem(404, 'no-such-route', `there is nothing at ${quoted(path)}`, close === null ? all : `did you mean ${close}? ${all}`);
  }
}

// A proxy's absolute form (GET http://q/v1/status) must be understood by every server (RFC 9112, 3.2.2).
function split(target: string): { readonly path: string; readonly query: string } {
  const local = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = local.indexOf('?');
  return mark < 0 ? { path: local, query: '' } : { path: local.slice(0, mark), query: local.slice(mark + 1) };
}

function wrongMethod(method: string, path: string, routes: readonly Route[]): Reply {
  const methods = routes.flatMap((one) => one.methods);
  const allow = (methods.includes('GET') ? [...methods, 'HEAD'] : methods).join(', ');
  return problem(405, 'wrong-method', `${quoted(path)} does not take ${method}`, `use ${allow}`, ['Allow', allow]);
}
