/** The monotonic clock that all processes of a machine share, in milliseconds. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
