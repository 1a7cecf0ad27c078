/** Nanoseconds since 1970 as ISO 8601 with all nine digits. Any unsigned 64-bit value has one. */
export function isoNanoseconds(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${(ns % 1_000_000_000n).toString().padStart(9, '0')}Z`;
}
