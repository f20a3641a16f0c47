// GET /metrics, the Prometheus text format by hand, and /v1/prometheus/sd, its http_sd document.
// The agent's own numbers come by name; what is known of the view is added here.

import type { AgentHandle } from '../agent/handle.ts';
import { standingAt } from '../agent/standing.ts';
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
  family(page, 'quorate_quorate', 'gauge', '1 while this agent holds a quorum, else 0.', [[{}, isQuorate(agent) ? 1 : 0]]);
  family(page, 'quorate_standing', 'gauge', 'The standing of this agent, as a label.', [[{ standing: standingAt(view, agent) }, 1]]);
  const boot = agent.bootMs();
  const quorum = view.quorum(now, boot);
  const leaseSeconds = view.leaseRemainingMs(now, boot) / 1000;
  family(page, 'quorate_lease_remaining_seconds', 'gauge', 'What is left of the lease; 0 when not quorate.', [[{}, leaseSeconds]]);
  if (quorum !== null) {
    family(page, 'quorate_voters', 'gauge', 'Voters of the record.', [[{}, quorum.voters]]);
    family(page, 'quorate_voters_needed', 'gauge', 'How many voters make a majority.', [[{}, quorum.needed]]);
    family(page, 'quorate_voters_acking', 'gauge', 'Voters whose acks are fresh.', [[{}, quorum.acking]]);
  }
  family(page, 'quorate_leader', 'gauge', '1 while this agent leads, else 0.', [[{}, view.leader(now, boot)?.isSelf === true ? 1 : 0]]);
  if (view.record !== null) {
    family(page, 'quorate_record_version', 'gauge', 'Version of the record.', [[{}, view.record.version]]);
    family(page, 'quorate_record_epoch', 'gauge', 'Grows with every change of the voters.', [[{}, view.record.epoch]]);
  }
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
