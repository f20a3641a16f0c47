// A process ends only for a reason: it was asked to, its disk failed, or its name is taken by another id.
// Nothing else that a network or a clock does may end one.

import type { End, Host } from '../host.ts';
import type { Checker } from './checker.ts';

export class Exits implements Checker {
  readonly rule = 'no-needless-exit';

  ended(host: Host, end: End): string | null {
    if (end.kind === 'killed') return null;
    switch (end.reason) {
      case 'left':
      case 'stopped':
        return null;
      case 'storage':
        return host.disk.failedWriteCount > 0 ? null : `exits for its storage, and no write of it ever failed: ${end.message}`;
      case 'name-clash':
        return host.mayClash ? null : `exits for a name clash that nobody made: ${end.message}`;
      case 'rolled-back':
      case 'superseded':
        return host.isCopy ? null : `exits as ${end.reason}: ${end.message}`;
      case 'two-clusters':
        return `exits as ${end.reason}: ${end.message}`;
    }
  }
}
