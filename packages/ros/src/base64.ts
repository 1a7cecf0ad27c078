const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const charCodes = Uint8Array.from(alphabet, (char) => char.charCodeAt(0));
const sextets = new Uint8Array(128).fill(255);
for (const [i, code] of charCodes.entries()) sextets[code] = i;
const PAD = 61;
const ascii = new TextDecoder('latin1');

/** Node's own way, ten times as quick; browsers have none of it. */
interface NodeBytes {
  from(memory: ArrayBufferLike, offset: number, length: number): { toString(encoding: 'base64'): string };
}
const nodeBytes = (globalThis as { readonly Buffer?: NodeBytes }).Buffer;

/** Standard base64 with padding; a table is quicker than `btoa` and works in browsers too. */
export function encodeBase64(bytes: Uint8Array): string {
  if (nodeBytes !== undefined) return nodeBytes.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
  return encodeByTable(bytes);
}

/** What browsers do. */
export function encodeByTable(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const triple = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text[at++] = charCodes[triple >> 18] ?? PAD;
    text[at++] = charCodes[(triple >> 12) & 63] ?? PAD;
    text[at++] = left > 1 ? (charCodes[(triple >> 6) & 63] ?? PAD) : PAD;
    text[at++] = left > 2 ? (charCodes[triple & 63] ?? PAD) : PAD;
  }
  return ascii.decode(text);
}

/** Reads standard base64, with or without padding; `undefined` when it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  let length = text.length;
  if (length % 4 === 0 && text.endsWith('=')) length -= text.endsWith('==') ? 2 : 1;
  if (length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  let at = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < length; i++) {
    const sextet = sextets[text.charCodeAt(i)] ?? 255;
    if (sextet === 255) return undefined;
    held = ((held << 6) | sextet) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
    }
  }
  return bytes;
}
