/** A part of a bench takes its time. */
export const waitMs = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));
