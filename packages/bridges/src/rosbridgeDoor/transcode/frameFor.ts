import type { Message } from '@longline/ros';
import type { Compression } from '../ClientOp.ts';
import { cborFrame, cborFrameAs } from './cborFrame.ts';
import { cborRawFrame, cborRawFrameAs } from './cborRawFrame.ts';
import { jsonBody, jsonFrame, jsonFrameAs } from './jsonFrame.ts';
import { pngFrame } from './pngFrame.ts';
import { pngText } from './pngText.ts';

/**
 * A message as the frame for a reader who calls its topic `topic`, made once for all readers of one compression who use the
 * full name. Throws `MESSAGE_INVALID` for bytes that do not match the definition, `NOT_SUPPORTED`.
 */
export function frameFor(message: Message, topic: string, compression: Compression): string | Uint8Array {
  const isFullName = topic === message.channel.topic;
  switch (compression) {
    case 'none':
      return isFullName ? message.transcoded(jsonFrame) : jsonFrameAs(topic, message.transcoded(jsonBody));
    case 'png':
      return isFullName ? message.transcoded(pngFrame) : pngText(jsonFrameAs(topic, message.transcoded(jsonBody)));
    case 'cbor':
      return isFullName ? message.transcoded(cborFrame) : cborFrameAs(topic, message);
    case 'cbor-raw':
      return isFullName ? message.transcoded(cborRawFrame) : cborRawFrameAs(topic, message);
  }
}
