import { codecFor, md5Of, structLayout } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { ros1Schema, ros2Schema } from '@longline/ros/fixtures';
import { typedefText } from '../../packages/bridges/src/rosbridge/typedefText.ts';
import { typeDef } from '../../packages/bridges/src/rosbridge/Rosapi.ts';
import { recordedMessages } from '../../packages/ros/src/recordedMessages.fixture.ts';
import { bendText, bendValue } from '../bendValue.ts';
import type { Dice } from '../Dice.ts';
import { takesOrRefuses } from '../documentedErrors.ts';
import { claim } from '../FuzzTarget.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';

const good: readonly Schema[] = [
  ...recordedMessages.map(({ schema }) => schema),
  ...['nav_msgs/Odometry', 'rosgraph_msgs/Log', 'tf2_msgs/TFMessage', 'std_msgs/Empty'].flatMap((type) => [
    ros1Schema(type),
    ...(type === 'rosgraph_msgs/Log' ? [] : [ros2Schema(type)]),
  ]),
];
const words = [
  'uint8',
  'string',
  'float64',
  'time',
  'duration',
  'wstring',
  'Header',
  'a/A',
  'b/B',
  'p/T',
  'bool',
  'byte',
];
const shapes = ['', '[]', '[0]', '[3]', '[4294967295]', '[1000000]', '[<=2]', '<=4', '<=4[<=3]', '[99999999999]'];

/** Types that contain each other, themselves, and very many. */
function madeUp(dice: Dice, rosVersion: 1 | 2): Schema {
  const sections: string[] = [];
  for (let section = dice.below(12); section >= 0; section--) {
    const fields = Array.from(
      { length: dice.below(6) },
      (_, at) => `${dice.oneIn(3) ? `q/T${dice.below(12)}` : dice.one(words)}${dice.one(shapes)} f${at}\n`,
    );
    sections.push(
      `${sections.length === 0 ? '' : `${'='.repeat(80)}\nMSG: q/T${sections.length}\n`}${fields.join('')}`,
    );
  }
  return { name: 'q/T0', encoding: rosVersion === 1 ? 'ros1msg' : 'ros2msg', text: sections.join('') };
}

function bent(dice: Dice): Schema {
  if (dice.oneIn(3)) return madeUp(dice, dice.oneIn(2) ? 1 : 2);
  const schema = dice.one(good);
  return {
    ...schema,
    text: bendText(dice, schema.text),
    name: dice.oneIn(8) ? bendText(dice, schema.name) : schema.name,
  };
}

const sampleTypedefs = [
  { type: 'p/T', fieldnames: ['_a', 'b'], fieldtypes: ['sequence<uint8, 16>', 'p/U'], fieldarraylen: [0, -1] },
  { type: 'p/U', fieldnames: ['c'], fieldtypes: ['string<5>'], fieldarraylen: [3] },
];

/** Definition texts (`.msg`, concatenated) and rosapi's type descriptions, which robots and bridges send. */
export const definitions: FuzzTarget = {
  name: 'definitions',
  open: () => ({
    play(dice, feed) {
      for (let count = 0; count < 5; count++) {
        const schema = bent(dice);
        const data = dice.bytes(dice.below(64));
        const codec = codecFor(schema, schema.encoding === 'ros1msg' ? 'ros1' : 'cdr');
        feed({ schema, data }, () => {
          takesOrRefuses(() => void structLayout(schema));
          takesOrRefuses(() => void md5Of(schema));
          const isValid = takesOrRefuses(() => codec.validate(data));
          const isDecoded = takesOrRefuses(() => void codec.decode(data));
          claim(isValid === isDecoded, `validate says ${String(isValid)} and decode ${String(isDecoded)}`);
        });
        let zeros = data;
        feed({ schema }, () => takesOrRefuses(() => (zeros = codec.encode({}))));
        if (zeros === data) continue;
        feed({ schema, zeros }, () => codec.decode(zeros));
      }
      const typedefs = typeDef.array().safeParse(bendValue(dice, sampleTypedefs)).data;
      if (typedefs === undefined) return;
      feed({ typedefs }, () =>
        takesOrRefuses(
          () =>
            void codecFor({ name: 'p/T', encoding: 'ros2msg', text: typedefText(typedefs, 'ros2msg') }, 'cdr').encode(
              {},
            ),
        ),
      );
    },
  }),
};
