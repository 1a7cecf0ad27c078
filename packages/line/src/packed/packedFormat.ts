/** The byte before everything else in the body of a packed record. */
export const bodyFlags = { compressed: 1, dictionary: 2, microseconds: 4 } as const;
export const ALL_BODY_FLAGS = 7;

/** What a head begins with: one of these two, or 2 + twice the index of the reference, plus 1 where surprises follow. */
export const heads = { newReference: 0, loose: 1, firstReference: 2 } as const;

/** What of a head is not as the message before let expect. */
export const surprises = { sequence: 1, logTime: 2, publishMode: 4 } as const;
export const ALL_SURPRISES = 7;

/** How a message's publish time is told. */
export const publishModes = {
  /** It is the log time. */
  logTime: 0,
  /** It is the stamp in the data: u32 seconds and u32 nanoseconds at offset 4, where ROS 1 and CDR have a header's. */
  stamp: 1,
  /** Its distance from the log time follows, signed, in nanoseconds. */
  distance: 2,
  /** It follows whole, u64. */
  whole: 3,
} as const;
export type PublishMode = (typeof publishModes)[keyof typeof publishModes];

/** Most messages of one body. */
export const MAX_BODY_MESSAGES = 16 * 1024;

/** Bytes of data that a header's stamp needs. */
export const STAMP_END = 12;

/** Longest message, in bytes, that is kept to tell the next one by its difference. */
export const MAX_REFERENCE_BYTES = 16 * 1024;
