// Walks msgpack bytes once before the library reads them, so that nothing is allocated on a claim that the bytes do not back.
// Passes only what this protocol uses: numbers up to 64-bit floats, strings of valid UTF-8, binary, booleans, nil and arrays
// nested to a depth; no maps, no extension types, no 64-bit integers (those become bigints). What the values mean is body.ts's business.

/** Body, entries, entry, its tags; the rest is left for newer minor versions. */
const DEPTH_MAX = 8;

// An array or a binary of no length takes one or two bytes here and over a hundred as an object. The leanest entry has three in 43 bytes.
const BYTES_PER_OBJECT = 12;
const OBJECTS_FREE = 16;

const openCounts = new Uint32Array(DEPTH_MAX);

/** True when exactly one value fills `bytes` and all of it may be handed to the library. */
export function isSoundMsgpack(bytes: Uint8Array): boolean {
  const end = bytes.length;
  let objectsLeft = OBJECTS_FREE + Math.floor(end / BYTES_PER_OBJECT);
  let depth = 0;
  // Values still to come in the innermost open array.
  let expected = 1;
  let at = 0;
  for (;;) {
    while (expected === 0) {
      if (depth === 0) return at === end;
      depth -= 1;
      expected = openCounts[depth]!;
    }
    expected -= 1;
    if (at >= end) return false;
    const token = bytes[at]!;
    at += 1;
    // Small integers of either sign.
    if (token < 0x80 || token >= 0xe0) continue;

    let arrayLength = -1;
    let textBytes = -1;
    let skipBytes = 0;
    if (token < 0x90) return false;
    else if (token < 0xa0) arrayLength = token & 0x0f;
    else if (token < 0xc0) textBytes = token & 0x1f;
    else {
      const widthBytes = WIDTH_BYTES[token - 0xc0]!;
      if (widthBytes < 0 || widthBytes > end - at) return false;
      if (token >= 0xca && token <= 0xd3) skipBytes = widthBytes;
      else if (widthBytes > 0) {
        const length = widthBytes === 1 ? bytes[at]! : widthBytes === 2 ? readUint(bytes, at, 2) : readUint(bytes, at, 4);
        at += widthBytes;
        if (token <= 0xc6) {
          skipBytes = length;
          objectsLeft -= 1;
        } else if (token <= 0xdb) textBytes = length;
        else arrayLength = length;
      }
    }

    if (arrayLength >= 0) {
      objectsLeft -= 1;
      // Every value takes at least one byte.
      if (arrayLength > end - at || depth === DEPTH_MAX) return false;
      openCounts[depth] = expected;
      depth += 1;
      expected = arrayLength;
    } else if (textBytes >= 0) {
      if (textBytes > end - at || !isUtf8(bytes, at, at + textBytes)) return false;
      at += textBytes;
    } else {
      if (skipBytes > end - at) return false;
      at += skipBytes;
    }
    if (objectsLeft < 0) return false;
  }
}

// For the tokens 0xc0 to 0xdf: how many bytes follow as number or length; −1 is refused.
const WIDTH_BYTES = new Int8Array([
  0, -1, 0, 0, 1, 2, 4, -1, -1, -1, 4, 8, 1, 2, 4, -1, 1, 2, 4, -1, -1, -1, -1, -1, -1, 1, 2, 4, 2, 4, -1, -1,
]);

function readUint(bytes: Uint8Array, at: number, widthBytes: number): number {
  let value = 0;
  for (let i = 0; i < widthBytes; i++) value = value * 256 + bytes[at + i]!;
  return value;
}

/** Strict: no overlong forms, no surrogates, nothing above U+10FFFF, so that equal texts are equal bytes. */
function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const lead = bytes[at]!;
    at += 1;
    if (lead < 0x80) continue;
    // The second byte's range is what rules out the forms that are too long, too high or surrogates.
    let followers = 1;
    let secondMin = 0x80;
    let secondMax = 0xbf;
    if (lead < 0xc2 || lead > 0xf4) return false;
    if (lead >= 0xf0) {
      followers = 3;
      if (lead === 0xf0) secondMin = 0x90;
      else if (lead === 0xf4) secondMax = 0x8f;
    } else if (lead >= 0xe0) {
      followers = 2;
      if (lead === 0xe0) secondMin = 0xa0;
      else if (lead === 0xed) secondMax = 0x9f;
    }
    if (followers > end - at) return false;
    const second = bytes[at]!;
    if (second < secondMin || second > secondMax) return false;
    for (let i = 1; i < followers; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return false;
    at += followers;
  }
  return true;
}
