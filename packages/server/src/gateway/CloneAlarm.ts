import type { Clock } from '@longline/ros';
import type { Logger } from 'pino';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { AuditSink } from '../motion/AuditSink.ts';

/** Of one device it is logged at most this often, in milliseconds. */
const LOG_EVERY_MS = 60_000;

/** Tells that a robot's key or ID is used by several agents at once: each time its line opens while it is so. */
export class CloneAlarm {
  readonly #clock: Clock;
  readonly #log: Pick<Logger, 'error'>;
  readonly #audit: AuditSink;
  /** By device. Those that are cloned no more are forgotten with the next one that is. */
  readonly #told = new Map<string, { sinceMs: number; loggedMs: number }>();

  constructor(options: { readonly clock: Clock; readonly log: Pick<Logger, 'error'>; readonly audit: AuditSink }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#audit = options.audit;
  }

  handleLine({ id: device, cloned }: Pick<DeviceState, 'id' | 'cloned'>): void {
    if (cloned === undefined) {
      this.#told.delete(device);
      return;
    }
    const nowMs = this.#clock.monotonicMs();
    const told = this.#told.get(device);
    if (told?.sinceMs !== cloned.sinceMs)
      this.#audit.record({ what: 'device.cloned', principal: 'local', device, details: { boots: cloned.boots } });
    if (told?.sinceMs === cloned.sinceMs && nowMs - told.loggedMs < LOG_EVERY_MS) return;
    this.#told.set(device, { sinceMs: cloned.sinceMs, loggedMs: nowMs });
    this.#log.error(
      { device, boots: cloned.boots },
      'several agents use this device ID at once and take the line from each other: stop all but one; if somebody copied the key, "longline device rotate" makes it worthless',
    );
  }
}
