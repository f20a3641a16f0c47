// What a reload may change while the agent runs: tags and the log level. The rest is named, so that nobody waits for it.

import type { AgentOptions } from './options.ts';

export interface ReloadPlan {
  readonly changed: readonly string[];
  readonly needsRestart: readonly string[];
  /** What is in force afterwards. */
  readonly options: AgentOptions;
}

const CHANGEABLE = new Set(['tag', 'log-level']);

export function planReload(now: AgentOptions, next: AgentOptions): ReloadPlan {
  const changed: string[] = [];
  const needsRestart: string[] = [];
  for (const [name, { value }] of Object.entries(next.settings)) {
    if (JSON.stringify(value) === JSON.stringify(now.settings[name]?.value)) continue;
    if (CHANGEABLE.has(name)) changed.push(name);
    else needsRestart.push(name);
  }
  const settings: Record<string, { readonly value: unknown; readonly from: string }> = { ...now.settings };
  for (const name of changed) {
    const setting = next.settings[name];
    if (setting !== undefined) settings[name] = setting;
  }
  return { changed, needsRestart, options: { ...now, tags: next.tags, logLevel: next.logLevel, settings } };
}
