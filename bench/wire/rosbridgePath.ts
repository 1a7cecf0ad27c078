import { rosbridgeJson } from './rosbridgeJson.ts';
import type { WirePath } from './WirePath.ts';

const encoder = new TextEncoder();

/** What rosbridge sends a reader: each message as JSON in a frame of its own, at once; a server masks nothing. */
export const rosbridgePath: WirePath = {
  name: 'rosbridge JSON',
  masked: false,
  send: (messages) =>
    messages.map((message) => ({
      atMs: message.atMs,
      payloadBytes: encoder.encode(rosbridgeJson(message)).length,
      messages: [message],
      shares: new Map([[message.channelId, 1]]),
    })),
};
