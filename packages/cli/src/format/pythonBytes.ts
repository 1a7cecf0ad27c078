/** Bytes as Python prints them: `b'...'`. `rostopic echo` shows `char[]` so. */
export function pythonBytes(bytes: Iterable<number>): string {
  let text = '';
  let hasSingle = false;
  let hasDouble = false;
  for (const byte of bytes) {
    hasSingle ||= byte === 0x27;
    hasDouble ||= byte === 0x22;
    text += escapes.get(byte) ?? (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : hexEscape(byte));
  }
  if (hasSingle && !hasDouble) return `b"${text}"`;
  return `b'${text.replaceAll("'", "\\'")}'`;
}

const hexEscape = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;
const escapes = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x5c, '\\\\'],
]);
