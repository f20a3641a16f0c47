// The door of transport/.

export { MemoryNetwork, type MemoryTransport } from './memory.ts';
export { canonicalHost, isLinkLocalHost, isLoopbackHost, isUnicastHost, isUnspecifiedHost, parseAddress } from './addresses.ts';
