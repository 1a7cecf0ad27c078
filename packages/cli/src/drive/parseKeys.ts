/** What a key means to who drives. */
export type DriveKey =
  'forward' | 'back' | 'left' | 'right' | 'stop' | 'release' | 'take' | 'faster' | 'slower' | 'quit' | 'other';

const keys: ReadonlyMap<string, DriveKey> = new Map([
  ['w', 'forward'],
  ['s', 'back'],
  ['a', 'left'],
  ['d', 'right'],
  [' ', 'stop'],
  ['r', 'release'],
  ['t', 'take'],
  ['+', 'faster'],
  ['=', 'faster'],
  ['-', 'slower'],
  ['q', 'quit'],
  ['\x03', 'quit'],
]);
/** The last letter of `ESC [ A` and `ESC O A`. */
const arrows: ReadonlyMap<string, DriveKey> = new Map([
  ['A', 'forward'],
  ['B', 'back'],
  ['C', 'right'],
  ['D', 'left'],
]);
const ESCAPE = '\x1b';
/** Longest escape sequence that is looked through for its end. */
const MAX_SEQUENCE = 16;

/** The keys in what a terminal wrote, oldest first. */
export function parseKeys(text: string): DriveKey[] {
  const found: DriveKey[] = [];
  for (let at = 0; at < text.length; at++) {
    const opens = text[at] === ESCAPE && (text[at + 1] === '[' || text[at + 1] === 'O');
    if (!opens) {
      found.push(keys.get((text[at] ?? '').toLowerCase()) ?? 'other');
      continue;
    }
    // Parameters, as of a key with Shift, and then one letter.
    let end = at + 2;
    while (end < text.length && end - at < MAX_SEQUENCE && /[\d;]/.test(text[end] ?? '')) end++;
    found.push(arrows.get(text[end] ?? '') ?? 'other');
    at = end;
  }
  return found;
}
