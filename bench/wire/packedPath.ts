import { batchesWithin } from './batches.ts';
import { PackedSocket } from './PackedSocket.ts';
import type { WirePath } from './WirePath.ts';

/** Packed records, one socket: a frame leaves so long after its first message came. */
export const packedPath = (delayMs: number): WirePath => ({
  name: 'packed',
  masked: true,
  send: (messages) => {
    const socket = new PackedSocket();
    return batchesWithin(delayMs, messages).map((batch) => ({
      atMs: (batch[0]?.atMs ?? 0) + delayMs,
      payloadBytes: socket.send(batch),
      messages: batch,
      shares: socket.shares,
    }));
  },
});
