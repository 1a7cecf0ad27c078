/** What may stand before a JSON text: white space, and the byte order mark that decoders leave out. */
const before: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
const openingBrace = 0x7b;

/** Whether the JSON of a parameter's value is an object: its keys are parameters of their own. */
export const isTree = (json: Uint8Array): boolean => json.find((byte) => !before.has(byte)) === openingBrace;
