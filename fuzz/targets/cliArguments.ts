import { structLayout } from '@longline/ros';
import { ros1Schema, ros2Schema } from '@longline/ros/fixtures';
import { codecFor } from '@longline/ros';
import { fillMessage } from '../../packages/cli/src/fillMessage.ts';
import { parseDuration } from '../../packages/cli/src/parseDuration.ts';
import { parseYaml } from '../../packages/cli/src/parseYaml.ts';
import { bendText } from '../bendValue.ts';
import { takesOrRefuses } from '../documentedErrors.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';

const words = [
  '{linear: {x: 1.0}, angular: {z: 0.5}}',
  '[0.5, 0, 0]',
  '[[1, 2, 3], [0, 0, 0]]',
  '{data: "hello"}',
  'data: [1, 2, 3]',
  '0x7f',
  '1_000',
  '9007199254740993',
  '.inf',
  '~',
  'y: yes',
  '{a: &x [1], b: *x}',
  '{header: auto, ranges: [.nan, 1e400]}',
  '"\\u0000"',
];
const structs = [
  'geometry_msgs/Twist',
  'std_msgs/String',
  'nav_msgs/Odometry',
  'sensor_msgs/LaserScan',
  'tf2_msgs/TFMessage',
];

/** What people write on the command line: YAML of messages, durations. */
export const cliArguments: FuzzTarget = {
  name: 'cli-arguments',
  weight: 0.5,
  open: () => ({
    play(dice, feed) {
      for (let count = 0; count < 5; count++) {
        const type = dice.one(structs);
        const schema = dice.oneIn(2) ? ros1Schema(type) : ros2Schema(type);
        const args = Array.from({ length: dice.below(3) + (dice.oneIn(9) ? 0 : 1) }, () =>
          bendText(dice, dice.one(words)).slice(0, 10_000),
        );
        feed({ type, args }, () =>
          takesOrRefuses(() => {
            const message = fillMessage(structLayout(schema), args.map(parseYaml));
            codecFor(schema, schema.encoding === 'ros1msg' ? 'ros1' : 'cdr').encode(message);
          }),
        );
        const duration = bendText(dice, dice.one(['500ms', '20s', '1.5h', '.5s', '86400']));
        feed({ duration }, () => takesOrRefuses(() => void parseDuration(duration)));
      }
    },
  }),
};
