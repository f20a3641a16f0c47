// A UDP socket that dies comes back on the same port.

import { createSocket, type Socket } from 'node:dgram';
import { expect, test } from 'vitest';
import type { Address } from '../../src/core/index.ts';
import { Counters } from '../../src/transport/counters.ts';
import type { TransportProblem } from '../../src/transport/index.ts';
import { UdpSocket } from '../../src/transport/udp.ts';
import { until } from '../support/until.ts';

test('a socket that dies is bound anew on its port, and both are told', async () => {
  const made: Socket[] = [];
  const problems: TransportProblem[] = [];
  const counters = new Counters();
  const udp = new UdpSocket(
    '127.0.0.1',
    0,
    counters,
    (problem) => problems.push(problem),
    (type) => {
      const socket = createSocket(type);
      made.push(socket);
      return socket;
    },
  );
  await udp.bind();
  const { port } = udp;
  const arrivals: Address[] = [];
  udp.listen((from) => arrivals.push(from));

  made[0]!.emit('error', Object.assign(new Error('recvmsg ENETDOWN'), { code: 'ENETDOWN' }));
  expect(problems).toEqual([{ kind: 'lost', protocol: 'udp', code: 'ENETDOWN' }]);
  udp.send('127.0.0.1:9' as Address, Buffer.from('lost'));
  expect(counters.all.get('udp-send-closed')).toBe(1);

  await until(() => problems.length === 2, 'the socket was back');
  expect(problems[1]).toEqual({ kind: 'restored', protocol: 'udp' });
  expect(udp.port).toBe(port);
  udp.send(`127.0.0.1:${port}` as Address, Buffer.from('to myself'));
  await until(() => arrivals.length === 1, 'the datagram arrived');
  await udp.close();
});
