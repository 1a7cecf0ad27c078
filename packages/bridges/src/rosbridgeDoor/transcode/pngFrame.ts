import type { Message } from '@longline/ros';
import { jsonFrame } from './jsonFrame.ts';
import { pngText } from './pngText.ts';
import { transcodings } from './transcodings.ts';

/** The text frame of compression `png`, for readers who call the topic by its full name. */
export function pngFrame(message: Message): string {
  transcodings.png++;
  return pngText(message.transcoded(jsonFrame));
}
