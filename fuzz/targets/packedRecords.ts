import { FrameBuilder, Packer, Unpacker } from '@longline/line';
import { nodeZstd } from '@longline/line/node';
import { bendBytes } from '../bendBytes.ts';
import type { Dice } from '../Dice.ts';
import { takesOrRefuses } from '../documentedErrors.ts';
import { claim } from '../FuzzTarget.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';

const MAX_BYTES = 1024 * 1024;
const edgeTimes = [0n, 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n, 1_767_225_600_000_000_000n];

/** Messages of few channels with few lengths, as robots send them, and some others. */
function records(dice: Dice, state: Map<string, Uint8Array>): Uint8Array {
  const builder = new FrameBuilder();
  let logTime = dice.one(edgeTimes);
  for (let count = dice.below(12); count >= 0; count--) {
    const channel = dice.below(4);
    const length = dice.oneIn(20) ? dice.below(6_000) : dice.one([0, 1, 8, 57, 400]);
    const before = state.get(`${channel}/${length}`) ?? dice.bytes(length);
    const data = before.slice();
    for (let changes = dice.below(6); changes > 0 && length > 0; changes--) data[dice.below(length)] = dice.below(256);
    state.set(`${channel}/${length}`, data);
    logTime = dice.oneIn(8) ? dice.one(edgeTimes) : BigInt.asUintN(64, logTime + BigInt(dice.below(1e9)));
    const publishTime = dice.oneIn(2) ? logTime : dice.one(edgeTimes);
    const sequence = dice.oneIn(4) ? dice.below(2 ** 32) : count;
    builder.appendMessage(channel, { sequence, logTime, publishTime, data });
  }
  return builder.take().slice();
}

/** Packed records: what was packed comes back byte for byte, over many bodies; what was bent is refused. */
export const packedRecords: FuzzTarget = {
  name: 'line-packed',
  open: () => ({
    play(dice, feed) {
      const zstd = dice.oneIn(2) ? nodeZstd : undefined;
      const packer = new Packer(zstd);
      const unpacker = new Unpacker(nodeZstd);
      const state = new Map<string, Uint8Array>();
      const bodies: Uint8Array[] = [];
      for (let count = 0; count < 8; count++) {
        const plain = records(dice, state);
        feed({ plain }, () => {
          const body = packer.pack(plain).slice();
          bodies.push(body);
          claim(Buffer.compare(unpacker.unpack(body, MAX_BYTES), plain) === 0, 'a packed record comes out otherwise');
        });
      }
      // A receiver that has heard some good bodies, then hears bent ones until it refuses.
      const begin = (): Unpacker => {
        const begun = new Unpacker(dice.oneIn(8) ? undefined : nodeZstd);
        const heard = bodies.slice(0, dice.below(bodies.length));
        return heard.every((body) => takesOrRefuses(() => void begun.unpack(body, MAX_BYTES))) ? begun : new Unpacker();
      };
      let hostile = begin();
      for (let count = 0; count < 12; count++) {
        const maxBytes = dice.oneIn(4) ? dice.below(5_000) : MAX_BYTES;
        const body = dice.oneIn(10) ? dice.bytes(dice.below(60)) : bendBytes(dice, dice.one(bodies), bodies);
        const isTaken = feed({ body, maxBytes }, () =>
          takesOrRefuses(() => {
            const { length } = hostile.unpack(body, maxBytes);
            claim(length <= maxBytes, `${length} bytes came out where ${maxBytes} are allowed`);
          }),
        );
        // After a refusal the line ends: the two sides no longer know the same.
        if (!isTaken) hostile = begin();
      }
    },
  }),
};
