// What the system said, in words that a sentence for an operator can hold.

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the device reported an input/output error',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
  ENOENT: 'it does not exist',
  EEXIST: 'it exists already and is something else',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the path is too long',
  EMFILE: 'this process has no file descriptor left',
  ENFILE: 'the system has no file descriptor left',
  EOPNOTSUPP: 'the file system does not support it',
  ENETUNREACH: 'the network is unreachable',
  EHOSTUNREACH: 'the host is unreachable',
  EADDRNOTAVAIL: 'the address is not one of this host',
  ENOTFOUND: 'the name has no address',
  EAI_AGAIN: 'no name server answered',
};

/** The `code` of a system error, `''` for anything else that was thrown. */
export function errnoOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

/** `permission denied (EACCES)`; an unknown code in the system's own words. */
export function describeErrno(thrown: unknown): string {
  const code = errnoOf(thrown);
  const words = WORDS[code];
  if (words !== undefined) return `${words} (${code})`;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
