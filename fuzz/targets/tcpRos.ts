import { decodeConnectionHeader, encodeConnectionHeader } from '../../packages/ros1/src/tcpros/connectionHeader.ts';
import { FrameReader } from '../../packages/ros1/src/tcpros/FrameReader.ts';
import { bendBytes, joined } from '../bendBytes.ts';
import type { Dice } from '../Dice.ts';
import { takesOrRefuses } from '../documentedErrors.ts';
import { claim } from '../FuzzTarget.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';

const MAX_FRAME_BYTES = 1_000_000;
const header = encodeConnectionHeader([
  ['callerid', '/fake'],
  ['md5sum', '992ce8a1687cec8c8bd883ec73ca41d1'],
  ['type', 'std_msgs/String'],
  ['message_definition', 'string data\n'],
  ['latching', '0'],
]);

function frame(data: Uint8Array): Uint8Array {
  const whole = new Uint8Array(4 + data.length);
  new DataView(whole.buffer).setUint32(0, data.length, true);
  whole.set(data, 4);
  return whole;
}

/** Cut at any places, as TCP does. */
function chunksOf(dice: Dice, bytes: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = dice.oneIn(3) ? 1 : 1 + dice.below(200);
    chunks.push(bytes.slice(at, at + length));
    at += length;
  }
  return chunks;
}

/** What a ROS 1 node sends on a TCPROS connection: a header, then messages. */
export const tcpRos: FuzzTarget = {
  name: 'ros1-tcpros',
  weight: 0.5,
  open: () => ({
    play(dice, feed) {
      for (let count = 0; count < 10; count++) {
        const frames = Array.from({ length: dice.below(6) }, () => dice.bytes(dice.below(300)));
        const good = joined(header, ...frames.map(frame));
        const chunks = chunksOf(dice, good);
        feed({ good, chunks: chunks.length }, () => {
          const reader = new FrameReader(MAX_FRAME_BYTES);
          const read: Uint8Array[] = [];
          for (const chunk of chunks) reader.push(chunk, (piece) => read.push(piece.slice()) > 0);
          claim(read.length === frames.length + 1, `${read.length} frames were read of ${frames.length + 1}`);
          claim(
            frames.every((data, at) => Buffer.compare(data, read[at + 1] ?? header) === 0),
            'a frame was read otherwise than it was sent',
          );
        });
        const bent = chunksOf(dice, bendBytes(dice, good, [header]));
        feed({ bent }, () => {
          const reader = new FrameReader(MAX_FRAME_BYTES);
          takesOrRefuses(() => {
            for (const chunk of bent) {
              reader.push(chunk, (piece) => {
                takesOrRefuses(() => {
                  const fields = decodeConnectionHeader(piece);
                  const again = decodeConnectionHeader(encodeConnectionHeader(fields).subarray(4));
                  claim(again.size === fields.size, 'a connection header reads otherwise than it was written');
                }, RangeError);
                return true;
              });
            }
          }, RangeError);
        });
      }
    },
  }),
};
