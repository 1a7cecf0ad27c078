import { readFileSync } from 'node:fs';
import { z } from 'zod';

const row = z.object({ dir: z.enum(['send', 'recv']), text: z.string().optional(), b64: z.string().optional() });
const channel = z.object({
  id: z.number(),
  topic: z.string(),
  encoding: z.string(),
  schemaName: z.string(),
  schemaEncoding: z.string(),
  schema: z.string(),
});
const op = z.looseObject({ op: z.string() });
const advertise = z.object({ op: z.literal('advertise'), channels: z.array(channel) });
const subscribe = z.object({
  op: z.literal('subscribe'),
  subscriptions: z.array(z.object({ id: z.number(), channelId: z.number() })),
});

/** One message as it was recorded. */
export interface RecordedMessage {
  readonly topic: string;
  readonly logTime: bigint;
  readonly data: Uint8Array;
}

/** What was recorded with a real bridge. */
export interface FoxgloveRecording {
  readonly channels: readonly z.infer<typeof channel>[];
  /** In the order of their coming. */
  readonly messages: readonly RecordedMessage[];
  /** Texts of the server by their `op`, as sent. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** What the client asked for, by `op`. */
  readonly asked: ReadonlyMap<string, readonly string[]>;
  /** All binary frames of the server. */
  readonly frames: readonly Uint8Array[];
  /** Service calls of the client. */
  readonly calls: readonly Uint8Array[];
}

/** For tests: the recorded sessions with foxglove_bridge on ROS 2 Humble. */
export function recordedFoxglove(): FoxgloveRecording {
  const file = readFileSync(new URL('../fixtures/foxglove-humble.jsonl', import.meta.url), 'utf8');
  const texts = new Map<string, string[]>();
  const asked = new Map<string, string[]>();
  const channels = new Map<number, z.infer<typeof channel>>();
  const topics = new Map<number, string>();
  const messages: RecordedMessage[] = [];
  const frames: Uint8Array[] = [];
  const calls: Uint8Array[] = [];
  for (const line of file.trim().split('\n')) {
    const { dir, text, b64 } = row.parse(JSON.parse(line));
    if (text !== undefined) {
      const value: unknown = JSON.parse(text);
      const byOp = dir === 'send' ? asked : texts;
      const name = op.parse(value).op;
      byOp.set(name, [...(byOp.get(name) ?? []), text]);
      for (const one of advertise.safeParse(value).data?.channels ?? []) channels.set(one.id, one);
      for (const { id, channelId } of subscribe.safeParse(value).data?.subscriptions ?? [])
        topics.set(id, channels.get(channelId)?.topic ?? '');
      continue;
    }
    const frame = Uint8Array.from(Buffer.from(b64 ?? '', 'base64'));
    if (dir === 'send') {
      calls.push(frame);
      continue;
    }
    frames.push(frame);
    const view = new DataView(frame.buffer);
    const topic = frame[0] === 1 ? topics.get(view.getUint32(1, true)) : undefined;
    if (topic !== undefined) messages.push({ topic, logTime: view.getBigUint64(5, true), data: frame.slice(13) });
  }
  return { channels: [...channels.values()], messages, texts, asked, frames, calls };
}
