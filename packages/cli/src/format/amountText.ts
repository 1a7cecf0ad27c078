/** Bytes for people, three digits at most: `0 B`, `1.2 KB`, `610 KB`, `3.4 MB`; 1 KB is 1,000 bytes, as in `rostopic bw`. */
export function bytesText(bytes: number): string {
  if (bytes < 999.5) return `${Math.round(bytes)} B`;
  if (bytes < 999_500) return `${short(bytes / 1_000)} KB`;
  if (bytes < 999_500_000) return `${short(bytes / 1_000_000)} MB`;
  return `${short(bytes / 1_000_000_000)} GB`;
}

/** A time for people, with two units at most: `0.4 ms`, `62 ms`, `1.2 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function timeText(ms: number): string {
  if (ms < 999.5) return `${short(ms)} ms`;
  if (ms < 59_950) return `${short(ms / 1_000)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** One decimal below ten. */
const short = (value: number): string => (value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(0));
