import type { RobotMessage } from './robotMessages.ts';

/** The text of one message as rosbridge writes it, without spaces. */
export function rosbridgeJson({ topic, parts }: RobotMessage): string {
  const value = topic.codec.toJson(topic.codec.decode(parts.data));
  return `{"op":"publish","topic":"${topic.channel.topic}","msg":${value}}`;
}
