// An incarnation is on the disk before the first packet that bears it (R14): otherwise a crash could live it twice.

import type { Effect, Input } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { Checker } from './checker.ts';
import { EmittedTags, taggedEnvelope } from './emitted.ts';

export class DurableIncarnation implements Checker {
  readonly rule = 'incarnation-durable-before-said';
  readonly #tags = new EmittedTags();

  stepped(host: Host, _input: Input, effects: readonly Effect[]): string | null {
    for (let i = 0; i < effects.length; i++) {
      const envelope = taggedEnvelope(effects[i]!);
      if (envelope === null) continue;
      const said = this.#tags.incarnationOf(host, envelope);
      if (said === null) return `a ${envelope.message.kind} is sent under a tag that is not of this run`;
      const { durable } = host.disk;
      if (durable === null) return `incarnation ${said} is said in a ${envelope.message.kind}, and nothing is on the disk`;
      if (durable.incarnation < said)
        return `incarnation ${said} is said in a ${envelope.message.kind}, and the disk holds ${durable.incarnation}`;
    }
    return null;
  }
}
