import type { LineLimits } from '@longline/line';
import type { Clock } from '@longline/ros';
import type { VisibilityDocument } from './watchHidden.ts';
import type { OnlineEvents } from './watchOnline.ts';

/** Options of every way to a {@link Fleet}. */
export interface FleetOptions {
  /** Default: this machine's clocks. */
  readonly clock?: Clock;
  /** Who reads, for the server's log and for commands' issuer; at most 128 characters. Default `@longline/client`. */
  readonly software?: string;
  /** Bounds of the line; defaults as in `@longline/line`. */
  readonly limits?: Partial<LineLimits>;
  /** While this page is hidden no messages are received: they begin anew, with the last values, when it is shown. */
  readonly document?: VisibilityDocument | undefined;
  /** Tells when the machine has a network again; it is connected at once then. */
  readonly network?: OnlineEvents | undefined;
  /** In [0, 1), for the jitter of reconnects. Default `Math.random`. */
  readonly random?: () => number;
}
