// Sends more datagrams than a socket's buffer holds, none of them ours, then ends: `node flood.mjs ADDRESS PORT`.

import { createSocket } from 'node:dgram';

const COUNT = 1000;
const [address, port] = process.argv.slice(2);
const socket = createSocket('udp4');
const packet = Buffer.alloc(1000, 0x2a);
let sent = 0;
const next = () => {
  if (++sent > COUNT) socket.close();
  else socket.send(packet, Number(port), address, next);
};
next();
