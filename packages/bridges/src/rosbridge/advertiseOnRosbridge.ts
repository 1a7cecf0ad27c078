import type { Advertisement, Encoding, Schema } from '@longline/ros';
import { bridgeJson } from '../link/bridgeJson.ts';
import type { PublishPort } from '../link/BridgePublisher.ts';

/** What is needed to advertise at a rosbridge server. */
export interface RosbridgeAdvertiser {
  /** Unlike every other of the session. */
  readonly id: string;
  readonly encoding: Encoding;
  readonly sendText: (text: string) => void;
}

/** Advertises a topic at a rosbridge server, which takes messages as JSON. */
export function advertiseOnRosbridge(
  { topic, latched = false }: Advertisement,
  schema: Schema,
  { id, encoding, sendText }: RosbridgeAdvertiser,
): PublishPort {
  sendText(JSON.stringify({ op: 'advertise', id, topic, type: schema.name, latch: latched, queue_size: 100 }));
  return {
    frame: (data) =>
      `{"op":"publish","id":${JSON.stringify(id)},"topic":${JSON.stringify(topic)},` +
      `"type":${JSON.stringify(schema.name)},"latch":${latched},"msg":${bridgeJson(schema, encoding, data)}}`,
    send: (frame) => {
      if (typeof frame === 'string') sendText(frame);
    },
    close: () => sendText(JSON.stringify({ op: 'unadvertise', id, topic })),
  };
}
