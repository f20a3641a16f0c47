// Sends a datagram every few milliseconds to each address given, and says whom it hears: `node beacon.mjs OWN OTHER…`.

import { createSocket } from 'node:dgram';

const PORT = 4000;
const [own, ...others] = process.argv.slice(2);
const socket = createSocket('udp4');
// While a cable is cut the kernel refuses to send: that is what is being tried.
socket.on('error', () => {});
socket.on('message', (_, { address }) => process.stdout.write(`${address}\n`));
socket.bind(PORT, own, () => {
  setInterval(() => {
    for (const other of others) socket.send('x', PORT, other, () => {});
  }, 10);
});
