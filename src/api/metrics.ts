// GET /metrics, the Prometheus text format by hand, and /v1/prometheus/sd, its http_sd document.
// The agent's own numbers come by name; what is known of the view is added here.

import type { AgentHandle } from '../agent/handle.ts';
import type { MonotonicMs, NodeView } from '../core/index.ts';
import { type DiscoveryJson, MEMBER_STATES_SHOWN } from './contract.ts';
import { isQuorate } from './views.ts';

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

export function metricsPage(agent: AgentHandle, now: MonotonicMs): string {
  const { view } = agent;
  const counts = view.counts(now);
  const page: string[] = [];
  family(page, 'quorate_info', 'gauge', 'What this agent is.', [
    [{ version: agent.version, name: view.name, cluster: view.clusterName, profile: view.timings.profile }, 1],
  ]);
  family(page, 'quorate_uptime_seconds', 'gauge', 'Since this agent started.', [[{}, (now - agent.startedAt) / 1000]]);
  family(page, 'quorate_quorate', 'gauge', '1 while this agent holds a quorum, else 0.', [[{}, isQuorate(view) ? 1 : 0]]);
  family(page, 'quorate_standing', 'gauge', 'The standing of this agent, as a label.', [[{ standing: view.standing }, 1]]);
  family(page, 'quorate_index', 'gauge', 'Grows with every visible change of the list.', [[{}, view.index]]);
  family(
    page,
    'quorate_members',
    'gauge',
    'Members by state, as this agent sees them.',
    MEMBER_STATES_SHOWN.map((state) => [{ state }, counts[state]]),
  );
  family(
    page,
    'quorate_refused_total',
    'counter',
    'Packets dropped, by reason.',
    [...view.refusals].map(([reason, count]) => [{ reason }, count]),
  );
  for (const [name, value] of agent.metrics()) {
    family(page, metricName(name), name.endsWith('_total') ? 'counter' : 'gauge', 'A number of this agent.', [[{}, value]]);
  }
  return page.join('');
}

/** Who left or stopped is no target; who failed is, so that its absence shows. */
export function discovery(view: NodeView, now: MonotonicMs, port: number): DiscoveryJson {
  const targets = view.members(now).filter((one) => one.state !== 'left' && one.state !== 'stopped');
  return targets.map((one) => ({
    targets: [`${one.address.slice(0, one.address.lastIndexOf(':'))}:${port}`],
    labels: {
      __meta_quorate_name: one.name,
      __meta_quorate_id: one.id,
      __meta_quorate_state: one.state,
      __meta_quorate_zone: one.zone,
      __meta_quorate_cluster: view.clusterName,
      ...Object.fromEntries(one.tags.map(([key, value]) => [`__meta_quorate_tag_${labelName(key)}`, value])),
    },
  }));
}

function family(page: string[], name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): void {
  if (samples.length === 0) return;
  page.push(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
  for (const [labels, value] of samples) {
    const pairs = Object.entries(labels).map(([key, label]) => `${key}="${escaped(label)}"`);
    page.push(`${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${number(value)}\n`);
  }
}

function metricName(name: string): string {
  const clean = labelName(name);
  return clean.startsWith('quorate_') ? clean : `quorate_${clean}`;
}

function labelName(key: string): string {
  return key.replace(/[^A-Za-z0-9_]/g, '_');
}

function escaped(label: string): string {
  return label.replace(/[\\"\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`));
}

function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
