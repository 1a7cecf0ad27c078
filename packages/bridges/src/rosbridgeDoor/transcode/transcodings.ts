/** How often a message was put into each form, in this process: once for all readers of a kind. For benchmarks. */
export const transcodings = { json: 0, cbor: 0, cborRaw: 0, png: 0 };
