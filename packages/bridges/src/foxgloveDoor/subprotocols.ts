/** The subprotocols of the Foxglove door, which mean the same: newer clients offer the first, older ones the second. */
export const FOXGLOVE_SUBPROTOCOLS = ['foxglove.sdk.v1', 'foxglove.websocket.v1'] as const;
export type FoxgloveSubprotocol = (typeof FOXGLOVE_SUBPROTOCOLS)[number];

/** The first of a client's subprotocols that the door speaks; `undefined` where there is none, and the client is refused. */
export function chooseFoxgloveSubprotocol(offered: Iterable<string>): FoxgloveSubprotocol | undefined {
  for (const name of offered) {
    const known = FOXGLOVE_SUBPROTOCOLS.find((subprotocol) => subprotocol === name);
    if (known !== undefined) return known;
  }
  return undefined;
}
