// The standing as it is to be told at an instant (R6): what the node has not noticed yet (its loop stood still, its timer is due)
// must not be told as if it still held.

import type { NodeView, Standing } from '../core/index.ts';
import type { Clock } from './ports.ts';

export function standingAt(view: NodeView, clock: Clock): Standing {
  const { standing } = view;
  return standing === 'quorate' && !view.isQuorate(clock.nowMs(), clock.bootMs()) ? 'fenced' : standing;
}
