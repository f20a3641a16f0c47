// What the switch of a lab is told: which frames it drops, and what it counts. Pure text, so that it can be read in a test.
// A change of the faults is one transaction of nft: at no instant is half of a cut in force.

/** `frames`: the cable is as good as cut. `packets`: only IP is lost, ARP passes, so that whoever is still heard can also be answered. */
export type Lost = 'frames' | 'packets';

/** What host `from` sends is not brought to host `to`. */
export interface Drop {
  readonly from: number;
  readonly to: number;
  readonly lost: Lost;
}

/** The switch's port for this host. */
export const portOf = (host: number): string => `p${host}`;

export function dropRules(drops: readonly Drop[]): string {
  const set = (lost: Lost): string => {
    const pairs = drops.filter((drop) => drop.lost === lost).map(({ from, to }) => `"${portOf(from)}" . "${portOf(to)}"`);
    const elements = pairs.length === 0 ? '' : `elements = { ${[...new Set(pairs)].join(', ')} };`;
    return `  set ${lost} { type ifname . ifname; ${elements} }`;
  };
  // A table must exist to be deleted.
  return [
    'table bridge faults',
    'delete table bridge faults',
    'table bridge faults {',
    set('frames'),
    set('packets'),
    '  chain forward {',
    '    type filter hook forward priority 0; policy accept;',
    '    iifname . oifname @frames drop',
    '    ether type ip iifname . oifname @packets drop',
    '  }',
    '}',
    '',
  ].join('\n');
}

/** Where the number of a datagram's kind stands, in bits from the start of the UDP header: behind that, the header of wire/, and the row's own first byte. */
const KIND_AT_BITS = (8 + 16 + 1) * 8;

/** IPv4 by sender and protocol, and UDP by kind of message, counted as it comes from the sender: lost or not, it was sent. */
export function trafficRules(hostCount: number): string {
  const ports = Array.from({ length: hostCount }, (_, i) => portOf(i + 1));
  const elements = ports.flatMap((port) => [`"${port}" . udp`, `"${port}" . tcp`]).join(', ');
  return [
    'table bridge traffic',
    'delete table bridge traffic',
    'table bridge traffic {',
    `  set sent { type ifname . inet_proto; counter; elements = { ${elements} }; }`,
    `  set kinds { typeof @th,${KIND_AT_BITS},8; counter; flags dynamic; }`,
    '  chain sent {',
    '    type filter hook prerouting priority 0; policy accept;',
    '    ether type ip iifname . ip protocol @sent',
    `    ip protocol udp add @kinds { @th,${KIND_AT_BITS},8 }`,
    '  }',
    '}',
    '',
  ].join('\n');
}

export interface Counted {
  readonly packets: number;
  /** From the IP header on. */
  readonly bytes: number;
}

interface ElementJson {
  readonly elem: { readonly val: number | { readonly concat: readonly string[] }; readonly counter: Counted };
}

/** What `nft -j list set` says, by the element's text: `p1 udp`, or `7`. */
export function readCounters(json: string): ReadonlyMap<string, Counted> {
  const { nftables } = JSON.parse(json) as { readonly nftables: readonly { readonly set?: { readonly elem?: readonly ElementJson[] } }[] };
  const elements = nftables.flatMap(({ set }) => set?.elem ?? []);
  return new Map(
    elements.map(({ elem: { val, counter } }) => [
      typeof val === 'number' ? String(val) : val.concat.join(' '),
      { packets: counter.packets, bytes: counter.bytes },
    ]),
  );
}
