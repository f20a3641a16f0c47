// A network and process namespace of the bench's own: the kernel counts what each loopback address sends, the host's network is not
// touched, and when its first process ends nothing of it is left. It needs root, unshare and nft.

import { type Argv, command, commandNow } from '../../support/netlab/command.ts';
import { type Counted, readCounters } from '../../support/netlab/index.ts';

/** Put before a command's words; the command is process 1 in there. */
export const INTO: Argv = ['unshare', '--net', '--pid', '--fork', '--mount-proc', '--kill-child'];

/**
 * Loopback loses nothing, so it is counted once, as it leaves. By the gossip port, so that what the bench itself asks is left out.
 * A connection to a peer may bear another loopback address than the agent's: it counts for all, not for that agent.
 */
export function countingRules(port: number): string {
  const lines = ['th sport', `th sport != ${port} th dport`].map(
    (ports) => `    ip protocol { udp, tcp } ${ports} ${port} add @sent { ip saddr . ip protocol }`,
  );
  return [
    'table ip traffic {',
    '  set sent { type ipv4_addr . inet_proto; size 4096; counter; flags dynamic; }',
    '  chain sent {',
    '    type filter hook output priority 0; policy accept;',
    ...lines,
    '  }',
    '}',
    '',
  ].join('\n');
}

/** Null: such a namespace can be made here. Else the reason why not. */
export function namespaceObstacle(port: number): string | null {
  if (process.platform !== 'linux') return `namespaces are Linux's, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'a network namespace needs root';
  const opened = commandNow([...INTO, 'ip', 'link', 'set', 'lo', 'up']);
  if (!opened.isDone) return `a namespace cannot be made here (${opened.problem})`;
  const ruled = commandNow([...INTO, 'nft', '-f', '-'], countingRules(port));
  return ruled.isDone ? null : `nft does not work here; Debian's package is nftables (${ruled.problem})`;
}

/** To be called within: makes loopback usable and begins to count. */
export async function furnish(port: number): Promise<void> {
  await command(['ip', 'link', 'set', 'lo', 'up']);
  await command(['nft', '-f', '-'], countingRules(port));
}

/** Since `furnish`, by sending address, UDP and TCP together. */
export async function sentByAddress(): Promise<ReadonlyMap<string, Counted>> {
  const counters = readCounters(await command(['nft', '-j', 'list', 'set', 'ip', 'traffic', 'sent']));
  const sent = new Map<string, Counted>();
  for (const [key, { packets, bytes }] of counters) {
    const address = key.split(' ')[0]!;
    const before = sent.get(address) ?? { packets: 0, bytes: 0 };
    sent.set(address, { packets: before.packets + packets, bytes: before.bytes + bytes });
  }
  return sent;
}
