const MASK_BYTES = 4;

/** Bytes of one WebSocket frame on the wire: header, mask and payload (RFC 6455, 5.2), without TLS, TCP and IP. */
export function webSocketBytes(payloadBytes: number, masked: boolean): number {
  const header = payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10;
  return header + (masked ? MASK_BYTES : 0) + payloadBytes;
}
