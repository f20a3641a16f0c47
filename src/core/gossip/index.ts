// The door of gossip/.

export { DoubtNews } from './doubt-news.ts';
export { PeerRing } from './peer-ring.ts';
export { BeatPacker, differenceBytes, fanOut } from './push.ts';
export { entryBytesMax, fitting, RUMOUR_FAN_OUT, Rumours } from './rumours.ts';
export { compareDigest, type Difference, digestOf, slotsOfHashes } from './sync.ts';
