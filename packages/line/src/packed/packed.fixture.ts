import { randomFrom } from '@longline/testing';
import { FrameBuilder } from '../FrameBuilder.ts';

/** A message as tests write it. */
export interface TestMessage {
  readonly channel: number;
  readonly sequence: number;
  readonly logTime: bigint;
  readonly publishTime: bigint;
  readonly data: Uint8Array;
}

/** The plain records of some messages. */
export function recordsOf(messages: readonly TestMessage[]): Uint8Array {
  const builder = new FrameBuilder();
  for (const message of messages) builder.appendMessage(message.channel, message);
  return builder.take();
}

/** Bytes that no compression makes smaller. */
export function noise(bytes: number, seed: number): Uint8Array {
  const random = randomFrom(seed);
  return Uint8Array.from({ length: bytes }, () => random(256));
}
