// Whether this machine has an IPv6 loopback; tests that need one say why they were skipped.

import { networkInterfaces } from 'node:os';

export const hasIPv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));

if (!hasIPv6) console.warn('skipped: tests over IPv6, because no interface of this machine has the address ::1');
