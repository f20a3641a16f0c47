// Hooks on this host: real processes, the node's present state, and a line in the log for each run.

import type { NodeView } from '../core/index.ts';
import { startHook } from './hook-process.ts';
import { type HookReport, Hooks, type Situation } from './hooks.ts';
import type { AgentLog } from './log.ts';
import type { HookOptions } from './options.ts';
import type { Clock } from './ports.ts';
import { standingAt } from './standing.ts';

export interface HookHost {
  readonly clock: Clock;
  readonly view: () => NodeView;
  readonly socketPath: () => string;
  readonly logger: AgentLog['logger'];
}

export function openHooks(hooks: readonly HookOptions[], host: HookHost): Hooks {
  return new Hooks(hooks, {
    clock: host.clock,
    start: startHook,
    situation: () => situationOf(host),
    stopMs: () => host.view().timings.stopMs,
    report: (report) => logRun(host.logger, report),
    after: (ms, callback) => {
      const timeout = setTimeout(callback, ms);
      return () => clearTimeout(timeout);
    },
  });
}

function situationOf({ clock, view, socketPath }: HookHost): Situation {
  const node = view();
  const leader = node.leader(clock.nowMs(), clock.bootMs());
  return {
    node: node.name,
    cluster: node.clusterName,
    standing: standingAt(node, clock),
    leader: leader?.name ?? null,
    token: leader?.token ?? null,
    socket: socketPath(),
  };
}

function logRun(logger: AgentLog['logger'], { hook, event, end }: HookReport): void {
  const { kind, reason, output, isOutputCut } = end;
  const line = { hook, trigger: event, ...(output === '' ? {} : { output, isOutputCut }) };
  if (kind === 'done') logger.info(line, 'hook-done');
  else logger.warn({ ...line, reason }, 'hook-failed');
}
