import type { Clock } from '@longline/ros';
import type { LineEndpoint } from './bindWebSocket.ts';
import type { LineClose } from './errors.ts';
import type { FrameBuilder } from './FrameBuilder.ts';
import type { LineLimits } from './limits.ts';
import { LineCore } from './LineCore.ts';
import type { MessageRecord } from './MessageRecord.ts';
import type { Zstd } from './packed/Zstd.ts';
import type { ClockEstimate } from './PeerClock.ts';
import type { RecordKindName } from './recordKinds.ts';
import type { Transport } from './Transport.ts';

/** What every end of a line is given. */
export interface LineEndOptions<Handlers> {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly handlers: Handlers;
  /** Instead of the defaults. */
  readonly limits?: Partial<LineLimits>;
  /** Where the platform has it, packed messages may be compressed (feature `zstd`). */
  readonly zstd?: Zstd | undefined;
}

/** What the four ends have in common: a transport's events go to the line, the line's records to the role. */
export abstract class LineEnd implements LineEndpoint {
  protected readonly line: LineCore;

  protected constructor(
    { transport, clock, zstd }: Pick<LineEndOptions<unknown>, 'transport' | 'clock' | 'zstd'>,
    limits: LineLimits,
    nextTransfer?: () => number,
  ) {
    this.line = new LineCore({
      transport,
      clock,
      limits,
      zstd,
      ...(nextTransfer === undefined ? {} : { nextTransfer }),
      handlers: {
        handleRecord: (kind, body) => this.handleRecord(kind, body),
        handleMessage: (record) => this.handleMessage(record),
        handleClosed: (close) => this.handleClosed(close),
        handleRoom: () => this.handleRoom(),
        handleHeld: () => this.handleHeld(),
        fill: (frame) => this.fill(frame),
      },
    });
  }

  get state(): LineCore['state'] {
    return this.line.state;
  }

  /** Messages wait: as many bytes are under way as should be. */
  get congested(): boolean {
    return this.line.congested;
  }

  /** Bytes sent that the other side has not acknowledged. */
  get unacknowledgedBytes(): number {
    return this.line.unacknowledgedBytes;
  }

  handleFrame(frame: Uint8Array): void {
    this.line.handleFrame(frame);
  }

  handleText(): void {
    this.line.handleText();
  }

  handleWritable(): void {
    this.line.handleWritable();
  }

  handleDisconnected(closeCode: number, reason: string): void {
    this.line.handleDisconnected(closeCode, reason);
  }

  /** What is known of the other side's clocks; undefined before the first pong. */
  clockEstimate(): ClockEstimate | undefined {
    return this.line.clockEstimate();
  }

  protected abstract handleRecord(kind: RecordKindName, body: Uint8Array): void;
  protected abstract handleMessage(record: MessageRecord): void;
  protected abstract handleClosed(close: LineClose): void;

  /** There may be room again. */
  protected handleRoom(): void {
    // Most roles keep nothing back.
  }

  /** Nothing leaves for now. */
  protected handleHeld(): void {
    // Most roles keep nothing back.
  }

  /** Adds waiting messages to the frame being built, as far as there is room. */
  protected fill(_frame: FrameBuilder): void {
    // Most roles keep nothing back.
  }
}
