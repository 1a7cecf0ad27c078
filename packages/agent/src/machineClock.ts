import { systemClock } from '@longline/ros';
import type { Clock } from '@longline/ros';

const originMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/**
 * This machine's clocks, with a monotonic one whose zero is the same in every process of the machine (CLOCK_MONOTONIC of
 * Linux), so that two of them can speak of an instant. They agree within 0.1 ms.
 */
export const machineClock: Clock = { ...systemClock, monotonicMs: () => originMs + performance.now() };
