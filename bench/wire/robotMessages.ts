import { sourceStamp } from '@longline/ros';
import type { MessageParts } from '@longline/ros';
import { Drive } from './Drive.ts';
import { seededRandom } from './random.ts';
import { robotTopics } from './robotTopics.ts';
import type { RobotTopic } from './robotTopics.ts';

/** One message as the agent has it. */
export interface RobotMessage {
  readonly topic: RobotTopic;
  /** Counted from 0 in the order of `robotTopics`. */
  readonly channelId: number;
  /** When the agent received it, in milliseconds since the start. */
  readonly atMs: number;
  readonly parts: MessageParts;
}

const START_NS = 1_790_000_000_123_456_789n;

/** All messages of some topics in the order of their reception. Each driver's timer has 100 us of jitter, the way to the agent 50 to 450 us. */
export function robotMessages(topics: readonly RobotTopic[], durationMs: number, seed: number): RobotMessage[] {
  const random = seededRandom(seed);
  const drive = new Drive(random);
  const due = topics.flatMap((topic) => {
    const periodMs = 1000 / topic.rateHz;
    const phaseMs = random.uniform() * periodMs;
    return Array.from({ length: Math.floor(durationMs / periodMs) }, (_, sequence) => ({
      topic,
      sequence,
      timeMs: phaseMs + sequence * periodMs + random.gaussian() * 0.1,
    }));
  });
  due.sort((a, b) => a.timeMs - b.timeMs);
  return due
    .map(({ topic, sequence, timeMs }) => {
      const stampNs = START_NS + BigInt(Math.round(timeMs * 1e6));
      const atMs = timeMs + 0.05 + random.uniform() * 0.4;
      // The agent's clock has microseconds.
      const logTime = ((START_NS + BigInt(Math.round(atMs * 1e6))) / 1000n) * 1000n;
      const state = drive.at(timeMs);
      const data = topic.codec.encode(topic.value({ state, random, sequence, stampNs, timeS: timeMs / 1000 }));
      const publishTime = sourceStamp(topic.channel, data) ?? logTime;
      return { topic, channelId: robotTopics.indexOf(topic), atMs, parts: { sequence, logTime, publishTime, data } };
    })
    .sort((a, b) => a.atMs - b.atMs);
}
