/**
 * Zstandard (RFC 8878), given from outside because browsers and Node have it in different places.
 *
 * A dictionary is raw content: bytes that the other side has too, which matches may point into.
 */
export interface Zstd {
  /** One whole frame with its magic number. */
  compress(data: Uint8Array, dictionary: Uint8Array | undefined): Uint8Array;
  /** Throws when `data` is no whole frame, the dictionary is another, or more than `maxBytes` would come out. */
  decompress(data: Uint8Array, maxBytes: number, dictionary: Uint8Array | undefined): Uint8Array;
}

/** The first four bytes of every frame (RFC 8878, 3.1.1); they need not travel. */
export const ZSTD_MAGIC = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);
