import { FakeClock } from '@longline/testing';
import { openTurtlesim } from '@longline/turtlesim';
import { localDoorRobot, openRosbridgeDoor } from '@longline/bridges';
import type { DoorSession, DoorSocket } from '@longline/bridges';
import { bendText, bendValue } from '../bendValue.ts';
import { documentedCodes } from '../documentedErrors.ts';
import { claim } from '../FuzzTarget.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';

const qos = { history: 'keep_last', depth: 1, durability: 'volatile', lifespan: { secs: 1, nsecs: 0 } };
const ops: readonly unknown[] = [
  { op: 'advertise', topic: '/turtle1/cmd_vel', type: 'geometry_msgs/Twist', id: 'a', latch: true, queue_size: 1 },
  { op: 'unadvertise', topic: '/turtle1/cmd_vel', id: 'a' },
  { op: 'publish', topic: '/turtle1/cmd_vel', msg: { linear: { x: 1 } } },
  { op: 'publish', topic: '/c', type: 'turtlesim/Color', msg: { r: 9007199254740993n } },
  { op: 'subscribe', topic: '/turtle1/pose', type: 'turtlesim/Pose', compression: 'cbor', throttle_rate: 1, qos },
  { op: 'subscribe', topic: 'turtle1/pose', id: 's', compression: 'png', fragment_size: 20, queue_length: 3 },
  { op: 'unsubscribe', topic: '/turtle1/pose' },
  { op: 'call_service', service: '/spawn', id: 'c', args: [1, 2, 3, 'x'], timeout: 1, compression: 'cbor' },
  { op: 'call_service', service: '/rosapi/message_details', id: 1, args: { type: 'turtlesim/Pose' } },
  { op: 'call_service', service: 'rosapi/set_param', args: { name: '/p', value: '[1]' }, fragment_size: 9 },
  { op: 'call_service', service: '/rosapi/topics_and_raw_types' },
  { op: 'advertise_service', service: '/mine', type: 'turtlesim/Spawn' },
  { op: 'service_response', service: '/mine', id: 'service_request:/mine:0', values: { name: 'x' }, result: true },
  { op: 'unadvertise_service', service: '/mine' },
  { op: 'send_action_goal', action: '/a', action_type: 'a/B', id: 'g', args: {}, feedback: true },
  { op: 'cancel_action_goal', action: '/a', id: 'g' },
  { op: 'advertise_action', action: '/mine', type: 'turtlesim/Draw' },
  { op: 'action_feedback', action: '/mine', id: 'g', values: { x: 1 } },
  { op: 'action_result', action: '/mine', id: 'g', values: {}, status: 4, result: true },
  { op: 'unadvertise_action', action: '/mine' },
  { op: 'fragment', id: 'f', data: '{"op":"subscribe",', num: 0, total: 2 },
  { op: 'fragment', id: 'f', data: '"topic":"/turtle1/pose"}', num: 1, total: 2.5 },
  { op: 'set_level', level: 'info' },
  { op: 'auth', mac: 'm', client: 'c', dest: 'd', rand: 'r', t: 1, level: 'l', end: 2 },
];
const texts = ops.map((op) =>
  JSON.stringify(op, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)),
);
const question = '{"op":"call_service","service":"/rosapi/get_time","id":"good"}';
const code = /^"?([A-Z][A-Z0-9_]+): /;

/** What a rosbridge client sends: it may be refused with a documented code, and after all of it a good question is answered. */
export const rosbridgeDoor: FuzzTarget = {
  name: 'rosbridge door',
  open: () => ({
    async play(dice, feed) {
      const clock = new FakeClock();
      const graph = openTurtlesim({ clock });
      const answers = { good: 0 };
      const socket: DoorSocket = {
        bufferedBytes: 0,
        ping: (payload) => session.handlePong(payload),
        close: () => undefined,
        send: (frame) => {
          if (typeof frame !== 'string') return;
          const value = JSON.parse(frame) as { op: string; id?: unknown; msg?: unknown };
          if (value.op === 'status') {
            const [, told = ''] = code.exec(String(value.msg)) ?? [];
            claim(told !== 'INTERNAL', `a fault: ${String(value.msg)}`);
            claim(told === '' || documentedCodes.has(told), `the code ${told} is not documented`);
            claim(frame.length < 4_000, 'a status is long');
          }
          if (value.op === 'service_response' && value.id === 'good') answers.good++;
        },
      };
      const session: DoorSession = openRosbridgeDoor(localDoorRobot(graph, { clock }), socket, { clock });
      for (let count = 0; count < 20; count++) {
        const text =
          dice.below(2) === 0
            ? bendText(dice, dice.one(texts))
            : JSON.stringify(bendValue(dice, JSON.parse(dice.one(texts))) ?? null);
        feed({ text }, () =>
          dice.below(8) === 0 ? session.handleBinary(Buffer.from(text)) : session.handleText(text),
        );
        if (dice.below(6) === 0) await clock.advance(dice.below(300));
      }
      // What was begun and not ended is no part of the question.
      await clock.advance(3_000);
      feed({ text: question }, () => session.handleText(question));
      for (let turn = 0; turn < 20 && answers.good === 0; turn++) await clock.advance(0);
      session.handleClosed();
      await graph.close();
      claim(answers.good > 0, 'a good question was not answered after bad frames');
    },
  }),
};
