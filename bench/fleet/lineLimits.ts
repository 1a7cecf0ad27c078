import type { LineLimits } from '@longline/line';

/**
 * For both sides: thousands of robots in one process, which shares few cores with the server, are held up together where
 * real ones are not.
 */
export const lineLimits: Partial<LineLimits> = { silenceMs: 15_000 };
