import type { RobotMessage } from './robotMessages.ts';
import { webSocketBytes } from './webSocketBytes.ts';
import type { SentFrame, WirePath } from './WirePath.ts';

/** What a path made of all topics together. */
export interface TogetherFigures {
  readonly bytesPerMessage: number;
  /** The same by type, where the path tells what of its frames each channel cost; framing is shared in proportion. */
  readonly byType: Readonly<Record<string, number>>;
  readonly messagesPerFrame: number;
  readonly bytesPerSecond: number;
  /** From a message's reception to its frame's leaving, in milliseconds. */
  readonly addedMeanMs: number;
  readonly addedMaxMs: number;
  /** Messages that the frames do not hold. */
  readonly missing: number;
}

export async function measureTogether(
  path: WirePath,
  messages: readonly RobotMessage[],
  durationMs: number,
): Promise<TogetherFigures> {
  const frames = await path.send(messages);
  let [bytes, sent, addedMs, addedMaxMs] = [0, 0, 0, 0];
  const byType = new Map<string, { bytes: number; messages: number }>();
  for (const frame of frames) {
    const frameBytes = webSocketBytes(frame.payloadBytes, path.masked);
    bytes += frameBytes;
    attribute(frame, frameBytes, byType);
    sent += frame.messages.length;
    for (const { atMs } of frame.messages) {
      addedMs += frame.atMs - atMs;
      addedMaxMs = Math.max(addedMaxMs, frame.atMs - atMs);
    }
  }
  return {
    bytesPerMessage: tenths(bytes / sent),
    byType: Object.fromEntries([...byType].map(([name, type]) => [name, tenths(type.bytes / type.messages)])),
    messagesPerFrame: tenths(sent / frames.length),
    bytesPerSecond: Math.round((bytes * 1000) / durationMs),
    addedMeanMs: tenths(addedMs / sent),
    addedMaxMs: tenths(addedMaxMs),
    missing: messages.length - sent,
  };
}

function attribute(
  { messages, shares }: SentFrame,
  frameBytes: number,
  byType: Map<string, { bytes: number; messages: number }>,
): void {
  if (shares === undefined) return;
  const allShares = shares.values().reduce((sum, share) => sum + share, 0);
  const counted = new Set<number>();
  for (const { channelId, topic } of messages) {
    let type = byType.get(topic.name);
    if (type === undefined) byType.set(topic.name, (type = { bytes: 0, messages: 0 }));
    type.messages += 1;
    if (!counted.has(channelId)) type.bytes += (frameBytes * (shares.get(channelId) ?? 0)) / allShares;
    counted.add(channelId);
  }
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
