// What this software calls itself. package.json says the same; a test holds them together.

export const VERSION = '0.1.0';
/** Major version of the wire protocol: the second byte of every packet. */
export const PROTOCOL_VERSION = 1;
