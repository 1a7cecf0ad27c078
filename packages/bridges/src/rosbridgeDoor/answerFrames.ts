import { parseJsonExact } from '@longline/ros';
import type { Compression } from './ClientOp.ts';
import { CborWriter } from './transcode/CborWriter.ts';
import { fragmentFrames } from './transcode/fragmentFrames.ts';
import { pngText } from './transcode/pngText.ts';
import { writeCborPlain } from './transcode/writeCborValue.ts';

/** An answer's JSON text in the form that its call asked for. `key` names its fragments. */
export function answerFrames(
  text: string,
  compression: Compression,
  fragmentSize: number | undefined,
  key: string,
): readonly (string | Uint8Array)[] {
  if (compression === 'cbor' || compression === 'cbor-raw') {
    const writer = new CborWriter();
    writeCborPlain(parseJsonExact(text), writer);
    return [writer.finish()];
  }
  const frame = compression === 'png' ? pngText(text) : text;
  return fragmentSize === undefined ? [frame] : fragmentFrames(frame, Math.max(1, Math.floor(fragmentSize)), key);
}
