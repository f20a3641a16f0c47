// The door of agent/.

export { defaultOptions, type StartOptions } from './defaults.ts';
export { type EventLog, IDS_PER_RUN, type LoggedEvent, type Slice } from './event-log.ts';
export type { AgentHandle } from './handle.ts';
export { isLogLevel } from './log.ts';
export { type OperationalCode, OperationalError } from './operational-error.ts';
export type { AgentOptions, HookOptions, Start } from './options.ts';
export type { Finished, RunningAgent } from './running.ts';
export { standingAt } from './standing.ts';
export { type OpenedApi, type StartDependencies, startAgent } from './start.ts';
export { listenOnUnixSocket } from './unix-socket.ts';
export { PROTOCOL_VERSION, VERSION } from './version.ts';
export { type LeaseConnection, type LeaseLine, LeaseRegistry, type LeaseRequest, type LeaseScope } from './workloads.ts';
