import type { Delivery, Lane } from '@longline/line';

/** Whether a channel flows always, or only while somebody looks at it. */
export type Demand = 'always' | 'watched';

/** How a topic travels. */
export interface ChannelPlan {
  readonly lane: Lane;
  readonly delivery: Delivery;
  /** Waiting messages older than this, in milliseconds, are dropped unsent; `undefined` means no bound. `queue` only. */
  readonly maxAgeMs: number | undefined;
  /** At most so many messages a second; `undefined` means no limit. */
  readonly rateHz: number | undefined;
  readonly demand: Demand;
}
