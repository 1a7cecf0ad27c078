import type { DoorsTopic } from './orders.ts';

/** The robot of the doors bench. */
export const BENCH_DEVICE = 'doors-1';

export const topicOf = (topic: DoorsTopic): string => `/bench/${topic}`;
