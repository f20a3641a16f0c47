// Which addresses a packet may name for a member: one host's, in the one text that stands for it, with a port to send to.
// Broadcast, multicast and "any" are refused, so that a list cannot turn its readers into a packet gun; a mapped IPv4 address
// is refused because it would be a second text for the same host.

const octet = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const v4 = new RegExp(`^${octet}\\.${octet}\\.${octet}\\.${octet}:([1-9]\\d{0,4})$`);
const v6 = /^\[([0-9a-f:]{2,39})\]:([1-9]\d{0,4})$/;

/** The longest: eight groups of four digits with brackets and port. */
export const ADDRESS_BYTES_MAX = 47;

/** Found good before: every list names the same addresses again. */
const good = new Set<string>();
const GOOD_MAX = 512;

export function isMemberAddress(text: string): boolean {
  if (good.has(text)) return true;
  if (text.length > ADDRESS_BYTES_MAX || !(text.startsWith('[') ? isMemberV6(text) : isMemberV4(text))) return false;
  if (good.size === GOOD_MAX) good.clear();
  good.add(text);
  return true;
}

function isMemberV4(text: string): boolean {
  const parts = v4.exec(text);
  if (parts === null || Number(parts[5]) > 0xffff) return false;
  const first = Number(parts[1]);
  if (first >= 224 && first <= 239) return false;
  return !text.startsWith('0.0.0.0:') && !text.startsWith('255.255.255.255:');
}

function isMemberV6(text: string): boolean {
  const parts = v6.exec(text);
  if (parts === null || Number(parts[2]) > 0xffff) return false;
  const host = parts[1]!;
  const groups = parseV6(host);
  if (groups === null || formatV6(groups) !== host) return false;
  if (groups[0]! >= 0xff00) return false;
  // ::/96 holds "any" and the IPv4-compatible ones, ::ffff:0:0/96 the mapped; of the first only ::1 is a host's own.
  const isLow = groups.slice(0, 5).every((group) => group === 0) && (groups[5] === 0 || groups[5] === 0xffff);
  return !isLow || host === '::1';
}

function parseV6(host: string): number[] | null {
  const halves = host.split('::');
  if (halves.length > 2) return null;
  const head = parseGroups(halves[0]!);
  const tail = halves.length === 2 ? parseGroups(halves[1]!) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function parseGroups(text: string): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  for (const digits of text.split(':')) {
    if (!/^[0-9a-f]{1,4}$/.test(digits)) return null;
    groups.push(Number.parseInt(digits, 16));
  }
  return groups;
}

/** RFC 5952: no leading zeros, the first longest run of two or more zero groups as `::`. */
function formatV6(groups: readonly number[]): string {
  let runStart = -1;
  let runLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length += 1;
    if (length > runLength) {
      runStart = i;
      runLength = length;
    }
  }
  const hex = groups.map((group) => group.toString(16));
  if (runStart < 0) return hex.join(':');
  return `${hex.slice(0, runStart).join(':')}::${hex.slice(runStart + runLength).join(':')}`;
}
