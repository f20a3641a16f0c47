// The door of api/. Who only asks an agent enters by client.ts, which loads no HTTP server.

export type * from './contract.ts';
export { type ApiLimits, LIMITS } from './limits.ts';
export { ApiServer, type ApiServerOptions } from './server.ts';
export { membersJson, statusJson } from './views.ts';
