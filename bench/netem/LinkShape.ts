/** What a link does to packets, the same both ways but for the rates. */
export interface LinkShape {
  /** Bits a second from the robot to the server, IP headers included. */
  readonly upBitsPerSecond: number;
  /** Bits a second from the server to the robot. */
  readonly downBitsPerSecond: number;
  /** One way, in milliseconds. */
  readonly delayMs: number;
  /** Share of packets lost at random in each direction, 0 to 1. */
  readonly loss: number;
  /** Length of the drop-tail queue before each transmitter, in milliseconds of its rate. */
  readonly queueMs: number;
}

/** Bytes of the smallest queue: a modem of 64 kbit/s, too, holds a few full packets. */
const MIN_QUEUE_BYTES = 4 * 1500;

/** The `set` commands for `netem.c` that give a link this shape. */
export function shapeCommands(shape: LinkShape): string[] {
  return [shape.upBitsPerSecond, shape.downBitsPerSecond].map((bitsPerSecond, direction) => {
    const queueBytes = Math.max(MIN_QUEUE_BYTES, (bitsPerSecond / 8) * (shape.queueMs / 1000));
    return ['set', direction, bitsPerSecond, shape.delayMs * 1000, shape.loss * 1e6, Math.round(queueBytes)].join(' ');
  });
}
