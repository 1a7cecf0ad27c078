import { codecFor, RosError } from '@longline/ros';
import type { Encoding, Schema } from '@longline/ros';
import { bridgeJson } from '../link/bridgeJson.ts';
import type { PublishPort } from '../link/BridgePublisher.ts';
import { messageFrame } from './clientFrames.ts';

/** What is to be advertised. */
export interface ClientChannel {
  readonly topic: string;
  readonly schema: Schema;
  /** In which messages come here, and which the server is given if it takes it; else they go as JSON. */
  readonly native: Encoding;
  /** What the server takes; undefined where it does not say. */
  readonly supported: readonly string[] | undefined;
  readonly handleRefused: (error: RosError) => void;
}

/** How foxglove_bridge says which advertisement failed. */
const failedAdvertise = /\(op: advertise, id: (\d+)\)/;

const textEncoder = new TextEncoder();

/** The channels that this client advertises on one connection. */
export class ClientChannels {
  readonly #send: (data: string | Uint8Array) => void;
  readonly #open = new Map<number, ClientChannel>();
  #nextId = 1;

  constructor(send: (data: string | Uint8Array) => void) {
    this.#send = send;
  }

  open(channel: ClientChannel): PublishPort {
    const { topic, schema, native, supported, handleRefused } = channel;
    const encoding = [native, 'json' as const].find((name) => supported?.includes(name) ?? name === native);
    if (encoding === undefined) {
      handleRefused(noEncoding(topic, native, supported ?? []));
      return closedPort;
    }
    const id = this.#nextId++;
    this.#open.set(id, channel);
    const description = encoding === 'json' ? {} : { schema: schema.text, schemaEncoding: schema.encoding };
    this.#tell({ op: 'advertise', channels: [{ id, topic, encoding, schemaName: schema.name, ...description }] });
    return {
      frame: (data) => {
        if (encoding === 'json') return messageFrame(id, textEncoder.encode(bridgeJson(schema, native, data)));
        // A bridge passes a message that is too short on, filled up with zeros.
        codecFor(schema, native).validate(data);
        return messageFrame(id, data);
      },
      send: (frame) => this.#send(frame),
      close: () => {
        if (this.#open.delete(id)) this.#tell({ op: 'unadvertise', channelIds: [id] });
      },
    };
  }

  /** The server reported an error, perhaps about one of these. */
  handleError(message: string): void {
    const id = Number(failedAdvertise.exec(message)?.[1]);
    const channel = this.#open.get(id);
    if (channel === undefined) return;
    this.#open.delete(id);
    channel.handleRefused(refused(channel, message));
  }

  #tell(op: object): void {
    this.#send(JSON.stringify(op));
  }
}

/** Of what was refused before. */
const closedPort: PublishPort = {
  frame: (data) => data,
  send: () => undefined,
  close: () => undefined,
};

const refused = ({ topic, schema }: ClientChannel, message: string): RosError =>
  new RosError('TYPE_UNKNOWN', `The bridge does not publish ${schema.name} on ${topic}: ${message}`, {
    details: { topic, type: schema.name },
  });

const noEncoding = (topic: string, native: Encoding, supported: readonly string[]): RosError =>
  new RosError(
    'NOT_SUPPORTED',
    `Nothing can be published on ${topic}: the Foxglove server takes ${supported.join(', ').slice(0, 100) || 'no encoding'}, and messages are in ${native} or json.`,
    { details: { topic, supported } },
  );
