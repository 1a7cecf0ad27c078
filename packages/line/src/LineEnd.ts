import type { Clock } from '@longline/ros';
import type { LineEndpoint } from './bindWebSocket.ts';
import type { CoarseTimers } from './CoarseTimers.ts';
import type { LineClose } from './errors.ts';
import type { FrameBuilder } from './FrameBuilder.ts';
import type { LineLimits } from './limits.ts';
import { LineCore } from './LineCore.ts';
import type { LineCoreHandlers } from './LineCore.ts';
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
  /** Instead of the defaults. One object for many lines is kept once. */
  readonly limits?: Partial<LineLimits>;
  /** Where the platform has it, packed messages may be compressed (feature `zstd`). */
  readonly zstd?: Zstd | undefined;
  /** Of the process, where it has very many lines: what need not be on time is up to 200 ms late then. */
  readonly timers?: CoarseTimers | undefined;
}

/** What the four ends have in common: a transport's events go to the line, the line's records to the role. */
export abstract class LineEnd implements LineEndpoint, LineCoreHandlers {
  protected readonly line: LineCore;

  protected constructor(
    { transport, clock, zstd, timers }: Pick<LineEndOptions<unknown>, 'transport' | 'clock' | 'zstd' | 'timers'>,
    limits: LineLimits,
    nextTransfer?: () => number,
  ) {
    this.line = new LineCore({ transport, clock, zstd, timers, limits, nextTransfer, handlers: this });
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

  /** This and what follows is for {@link LineCore}. */
  abstract handleRecord(kind: RecordKindName, body: Uint8Array): void;
  abstract handleMessage(record: MessageRecord): void;
  abstract handleClosed(close: LineClose): void;

  /** There may be room again. */
  handleRoom(): void {
    // Most roles keep nothing back.
  }

  /** Nothing leaves for now. */
  handleHeld(): void {
    // Most roles keep nothing back.
  }

  /** Adds waiting messages to the frame being built, as far as there is room. */
  fill(_frame: FrameBuilder): void {
    // Most roles keep nothing back.
  }
}
