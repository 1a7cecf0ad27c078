// The one file of this package for Node only; it has an entry of its own (`@longline/line/node`).
// eslint-disable-next-line no-restricted-imports
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Zstd } from '../packed/Zstd.ts';

const params = {
  // Higher levels save 1 to 2 % of packed sensor data and cost up to five times the time (`npm run bench -- wire`).
  [constants.ZSTD_c_compressionLevel]: 1,
  [constants.ZSTD_c_contentSizeFlag]: 0,
  [constants.ZSTD_c_checksumFlag]: 0,
};

/** Node's own Zstandard (Node 22.15 and newer), level 1, in the calling thread: about 30 us a call and 3 ns a byte. */
export const nodeZstd: Zstd = {
  compress: (data, dictionary) =>
    zstdCompressSync(data, dictionary === undefined ? { params } : { params, dictionary }),
  decompress: (data, maxBytes, dictionary) =>
    zstdDecompressSync(data, {
      maxOutputLength: Math.max(1, maxBytes),
      ...(dictionary === undefined ? {} : { dictionary }),
    }),
};
