import type { Clock } from '@longline/ros';
import type { AuditSink } from './AuditSink.ts';
import type { LeaseIdentity } from './Lease.ts';
import type { MotionFrame } from './MotionFrame.ts';

/** One frame is kept for the audit at most so often, in milliseconds, and no longer one than so many bytes. */
const SAMPLE_EVERY_MS = 10_000;
const MAX_SAMPLE_BYTES = 1_024;
/** Topics named at the end of a stream. */
const MAX_TOPICS = 16;

/** What is kept of a motion stream for whoever asks later: its beginning and end, samples, and refusals; not its frames. */
export class MotionAudit {
  readonly #sink: AuditSink;
  readonly #clock: Clock;
  readonly #common: { readonly device: string; readonly principal: string; readonly token: number };
  readonly #topics = new Set<string>();
  readonly #refused = new Map<string, number>();
  readonly #beganMs: number;
  #frames = 0;
  #sampleDueMs = Number.NEGATIVE_INFINITY;
  #ended = false;

  constructor(sink: AuditSink, clock: Clock, { device, token, principal }: LeaseIdentity) {
    this.#sink = sink;
    this.#clock = clock;
    this.#common = { device, principal: principal.name, token };
    this.#beganMs = clock.monotonicMs();
    sink.record({ what: 'motion.start', ...this.#common });
  }

  handleFrame({ action: { topic, encoding }, payload }: MotionFrame): void {
    this.#frames++;
    if (this.#topics.size < MAX_TOPICS) this.#topics.add(topic);
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#sampleDueMs) return;
    this.#sampleDueMs = nowMs + SAMPLE_EVERY_MS;
    const sample = Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.length, MAX_SAMPLE_BYTES));
    const message = sample.toString(encoding === 'json' ? 'utf8' : 'base64');
    const details = { encoding, bytes: payload.length, message };
    this.#sink.record({ what: 'motion.sample', ...this.#common, target: topic, details });
  }

  /** The first refusal of each code is an entry of its own, the others are counted. */
  handleRefusal(code: string): void {
    const count = this.#refused.get(code) ?? 0;
    this.#refused.set(code, count + 1);
    if (count === 0) this.#sink.record({ what: 'motion.refused', ...this.#common, outcome: 'rejected', code });
  }

  /** Idempotent. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const [target] = this.#topics;
    const details = {
      frames: this.#frames,
      durationMs: Math.round(this.#clock.monotonicMs() - this.#beganMs),
      topics: [...this.#topics],
      refused: Object.fromEntries(this.#refused),
    };
    this.#sink.record({ what: 'motion.end', ...this.#common, ...(target === undefined ? {} : { target }), details });
  }
}
