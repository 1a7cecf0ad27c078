import type { Message, StructLayout } from '@longline/ros';
import { parseJsonExact, RosError, stringifyExact, structLayout } from '@longline/ros';
import { openTopic } from '../openTopic.ts';
import { fieldPath, selectField } from '../format/selectField.ts';
import { ros2Yaml } from '../format/ros2Yaml.ts';
import { messageShape, rosYaml } from '../format/rosYaml.ts';
import { LiveMessages } from '../LiveMessages.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';
import type { Terminal } from '../Terminal.ts';

export interface EchoOptions extends ServerOptions {
  /** Ends after so many messages. */
  readonly count?: number | undefined;
  readonly field?: string | undefined;
  readonly rateHz?: number | undefined;
  /** Begins with the last message that the server has. */
  readonly last?: boolean | undefined;
}

/** `longline topic echo DEVICE TOPIC`: messages as YAML documents, as `rostopic echo`; with `--json` one object a line. */
export function topicEcho(terminal: Terminal, id: string, name: string, options: EchoOptions): Promise<void> {
  return withFleet(terminal, options, async (fleet) => {
    const { field, topic } = await openTopic(terminal, fleet, id, name);
    const path = [...field, ...fieldPath(options.field ?? '')];
    const messages = new LiveMessages({ ...options, fleet, device: id, topic, signal: terminal.signal });
    let left = options.count ?? Infinity;
    for await (const message of messages) {
      const text = readable(terminal, () =>
        options.json === true ? jsonLine(id, message, path) : yamlDocument(message, path),
      );
      if (text === undefined) continue;
      await terminal.print(text);
      if (--left <= 0) break;
    }
    if (messages.dropped > 0) terminal.warn(`${messages.dropped} messages were dropped: this reader was too slow.`);
  });
}

/** What a robot sends may be anything: a message that does not match its definition is told, and the next one shown. */
function readable(terminal: Terminal, write: () => string): string | undefined {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof RosError) || error.code !== 'MESSAGE_INVALID') throw error;
    terminal.warn(`${error.code}: ${error.message}`);
    return undefined;
  }
}

/** One message and the line that ends its YAML document. */
function yamlDocument(message: Message, path: readonly string[]): string {
  const { encoding, schema } = message.channel;
  if (encoding === 'json' && schema.text === '') return `${message.json}\n---\n`;
  const layout = layoutOf(message);
  const { shape, value } = selectField({ shape: messageShape(layout), value: message.value }, path);
  return `${layout.rosVersion === 2 ? ros2Yaml(shape, value) : rosYaml(shape, value)}\n---\n`;
}

function jsonLine(device: string, message: Message, path: readonly string[]): string {
  const { channel, logTime, publishTime, sequence } = message;
  const json = path.length === 0 ? message.json : stringifyExact(jsonField(message, path));
  const head = JSON.stringify({
    device,
    topic: channel.topic,
    type: channel.schema.name,
    sequence,
    logTimeNs: String(logTime),
    publishTimeNs: String(publishTime),
  });
  return `${head.slice(0, -1)},"message":${json}}\n`;
}

/** A part of the message as its JSON has it. */
function jsonField(message: Message, path: readonly string[]): unknown {
  const { value } = selectField({ shape: messageShape(layoutOf(message)), value: message.value }, path);
  // Within bytes, which JSON has as base64, there is the value alone.
  const step = (here: unknown, name: string): unknown =>
    typeof here === 'object' && here !== null ? Reflect.get(here, name) : value;
  return path.reduce(step, parseJsonExact(message.json));
}

const layouts = new WeakMap<object, StructLayout>();

function layoutOf({ channel }: Message): StructLayout {
  const known = layouts.get(channel) ?? structLayout(channel.schema);
  layouts.set(channel, known);
  return known;
}
