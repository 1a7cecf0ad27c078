import { codecFor } from '@longline/ros';
import type { Encoding, Schema } from '@longline/ros';
import { ros1Schema, ros2Schema } from '@longline/ros/fixtures';
import { recordedMessages } from '../../packages/ros/src/recordedMessages.fixture.ts';
import { bendBytes } from '../bendBytes.ts';
import { bendText, bendValue, nastyValue } from '../bendValue.ts';
import type { Dice } from '../Dice.ts';
import { takesOrRefuses } from '../documentedErrors.ts';
import { claim } from '../FuzzTarget.ts';
import type { Feed, FuzzTarget } from '../FuzzTarget.ts';

const types = [
  'std_msgs/String',
  'std_msgs/Int64',
  'nav_msgs/Odometry',
  'sensor_msgs/LaserScan',
  'sensor_msgs/Image',
  'tf2_msgs/TFMessage',
  'rosgraph_msgs/Clock',
  'std_msgs/UInt8MultiArray',
];

interface Sample {
  readonly schema: Schema;
  readonly encoding: Encoding;
  readonly data: Uint8Array;
}

const values: Readonly<Record<string, unknown>> = {
  'std_msgs/String': { data: 'héllo' },
  'std_msgs/Int64': { data: 9_007_199_254_740_993n },
  'sensor_msgs/LaserScan': { ranges: [1, NaN, Infinity], intensities: [0, 1] },
  'sensor_msgs/Image': { height: 2, width: 2, encoding: 'mono8', step: 2, data: new Uint8Array([1, 2, 3, 4]) },
  'tf2_msgs/TFMessage': { transforms: [{ child_frame_id: 'a' }, { child_frame_id: 'b' }] },
  'std_msgs/UInt8MultiArray': { layout: { dim: [{ label: 'x', size: 1, stride: 1 }] }, data: new Uint8Array(9) },
};

const samples: readonly Sample[] = [
  ...recordedMessages.map(({ schema, data }): Sample => ({ schema, encoding: 'cdr', data })),
  ...types.flatMap((type): Sample[] => {
    const [one, two] = [ros1Schema(type), ros2Schema(type)];
    return [
      { schema: one, encoding: 'ros1', data: codecFor(one, 'ros1').encode(values[type] ?? {}) },
      { schema: two, encoding: 'cdr', data: codecFor(two, 'cdr').encode(values[type] ?? {}) },
      { schema: one, encoding: 'json', data: codecFor(one, 'json').encode(values[type] ?? {}) },
    ];
  }),
];
const datas = samples.map(({ data }) => data);
const texts = samples.map(({ schema, encoding, data }) => {
  const codec = codecFor(schema, encoding);
  return codec.toJson(codec.decode(data));
});

/** Bytes of a message, which may be any. */
function feedBytes(dice: Dice, feed: Feed): void {
  const { schema, encoding, data } = dice.one(samples);
  const bent = dice.oneIn(10) ? dice.bytes(dice.below(200)) : bendBytes(dice, data, datas);
  const codec = codecFor(schema, encoding);
  feed({ type: schema.name, encoding, data: bent }, () => {
    const isValid = takesOrRefuses(() => codec.validate(bent));
    const isDecoded = takesOrRefuses(() => {
      const value = codec.decode(bent);
      const again = codec.encode(value);
      const text = codec.toJson(codec.decode(again));
      claim(text === codec.toJson(value), 'a message that was decoded, encoded and decoded is another one');
      const read = codec.toJson(codec.fromJson(text));
      claim(read === text, 'a message is another one after its way through JSON');
    });
    claim(isValid === isDecoded, `validate says ${String(isValid)} and decode ${String(isDecoded)}`);
  });
}

/** JSON and plain values that somebody wants to publish. */
function feedPlain(dice: Dice, feed: Feed): void {
  const at = dice.below(samples.length);
  const { schema, encoding } = samples[at] ?? dice.one(samples);
  const good = texts[at] ?? '{}';
  const codec = codecFor(schema, encoding);
  if (dice.oneIn(2)) {
    const text = bendText(dice, dice.oneIn(4) ? JSON.stringify(nastyValue(dice)) : good);
    feed({ type: schema.name, encoding, text }, () => takesOrRefuses(() => void codec.encode(codec.fromJson(text))));
    return;
  }
  const value = bendValue(dice, JSON.parse(good));
  feed({ type: schema.name, encoding, value }, () =>
    takesOrRefuses(() => {
      const data = codec.encode(value);
      codec.validate(data);
      claim(encodesSame(codec.encode(codec.decode(data)), data), 'encode(decode(x)) is not x');
    }),
  );
}

function encodesSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** ROS 1, CDR and JSON message codecs, by definitions that are good. */
export const messageCodecs: FuzzTarget = {
  name: 'message-codecs',
  open: () => ({
    play(dice, feed) {
      for (let count = 0; count < 20; count++) (dice.oneIn(3) ? feedPlain : feedBytes)(dice, feed);
    },
  }),
};
