// `--watch`: the same picture again and again on a terminal, one JSON document for each change off it.
// It ends with the process, or with the Failure of an agent that is gone.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Io } from './io.ts';
import { jsonLine } from './print.ts';

export interface Picture {
  readonly screen: string;
  readonly document: unknown;
  /** Two pictures with one key differ in nothing but ages and clocks. */
  readonly key: string;
}

const REDRAW_EVERY_MS = 1000;
const CLEAR = '\u001b[H\u001b[2J';

export async function watch(io: Io, isJson: boolean, take: () => Promise<Picture>): Promise<never> {
  let lastKey: string | null = null;
  for (;;) {
    const picture = await take();
    if (io.out.isTerminal && !isJson) io.out.write(`${CLEAR}${picture.screen}`);
    else if (picture.key !== lastKey) io.out.write(jsonLine(picture.document));
    lastKey = picture.key;
    await sleep(REDRAW_EVERY_MS);
  }
}
