import { inspect } from 'node:util';
import { codecFor, silentLog } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { FakeClock, FakeGraph } from '@longline/testing';
import { z } from 'zod';
import type { DoorSession } from '../../packages/bridges/src/door/DoorSocket.ts';
import { localDoorRobot } from '../../packages/bridges/src/door/localDoorRobot.ts';
import { openFoxgloveDoor } from '../../packages/bridges/src/foxgloveDoor/openFoxgloveDoor.ts';
import { bendBytes } from '../bendBytes.ts';
import { bendText, bendValue } from '../bendValue.ts';
import { documentedCodes } from '../documentedErrors.ts';
import { claim } from '../FuzzTarget.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';

const GOOD_ID = 4_000_000_000;
const string: Schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' };
const hello = codecFor(string, 'ros1').encode({ data: 'hello' });

const ops: readonly unknown[] = [
  { op: 'subscribe', subscriptions: [{ id: 1, channelId: 1 }] },
  { op: 'unsubscribe', subscriptionIds: [1] },
  { op: 'advertise', channels: [{ id: 1, topic: '/a', encoding: 'json', schemaName: 'std_msgs/String' }] },
  { op: 'unadvertise', channelIds: [1] },
  { op: 'getParameters', parameterNames: ['/p'], id: 'a' },
  { op: 'getParameters', parameterNames: [] },
  { op: 'setParameters', parameters: [{ name: '/p', value: [1, 2], type: 'float64_array' }], id: 'b' },
  { op: 'setParameters', parameters: [{ name: '/q', value: 'AQID', type: 'byte_array' }, { name: '/p' }] },
  { op: 'subscribeParameterUpdates', parameterNames: ['/p'] },
  { op: 'unsubscribeParameterUpdates', parameterNames: ['/p'] },
  { op: 'subscribeConnectionGraph' },
  { op: 'unsubscribeConnectionGraph' },
  { op: 'fetchAsset', uri: 'package://a', requestId: 1 },
];
const frames = [
  [0x01, 1, 0, 0, 0, ...new TextEncoder().encode('{"data":"x"}')],
  [0x02, 1, 0, 0, 0, 7, 0, 0, 0, 4, 0, 0, 0, 0x72, 0x6f, 0x73, 0x31, ...hello],
  [0x02, 1, 0, 0, 0, 8, 0, 0, 0, 4, 0, 0, 0, 0x6a, 0x73, 0x6f, 0x6e, 0x7b, 0x7d],
].map((bytes) => Uint8Array.from(bytes));

const advertised = z.object({
  op: z.literal('advertise'),
  channels: z.array(z.looseObject({ id: z.number(), topic: z.string() })),
});
const told = z.object({ op: z.enum(['status', 'serviceCallFailure']), message: z.string() });

/** What a Foxglove client says to our door; after all of it a good message still comes, and every refusal has a documented code. */
export const foxgloveDoor: FuzzTarget = {
  name: 'foxgloveDoor',
  open() {
    return {
      async play(dice, feed) {
        const clock = new FakeClock();
        const graph = new FakeGraph(clock);
        for (const topic of ['/good', '/other']) graph.setTopic(topic, string);
        graph.parameters.set('/p', 1);
        const schema = { name: 'p/S', request: string, response: string };
        graph.services.set('/s', { schema, handle: (request) => Promise.resolve(request) });
        const sent: (string | Uint8Array)[] = [];
        let fault: unknown;
        const log = { ...silentLog, error: (details: object) => (fault = details) };
        const session: DoorSession = openFoxgloveDoor(
          localDoorRobot(graph, { clock }),
          {
            bufferedBytes: 0,
            send: (data) => sent.push(data),
            ping: (payload) => session.handlePong(payload),
            close: (code) => claim(false, `the reader was closed with ${code}`),
          },
          { clock, log },
        );
        await clock.advance(100);
        for (let count = 0; count < 15; count++) {
          if (dice.oneIn(3)) {
            const data = bendBytes(dice, dice.one(frames), frames);
            feed({ data }, () => session.handleBinary(data));
          } else {
            const good = dice.one(ops);
            const text = dice.oneIn(3)
              ? bendText(dice, JSON.stringify(good))
              : JSON.stringify(bendValue(dice, good) ?? null);
            feed({ text }, () => session.handleText(text));
          }
          if (dice.oneIn(3)) feed({ emit: true }, () => graph.emit('/good', hello));
          if (dice.oneIn(4)) feed({ pong: true }, () => session.handlePong(bendBytes(dice, Uint8Array.of(0, 0, 0, 1))));
          await clock.advance(dice.below(50));
        }
        claim(fault === undefined, `the door failed: ${inspect(fault)}`);
        const channelId = sent
          .flatMap((frame) => advertised.safeParse(jsonOf(frame)).data?.channels ?? [])
          .findLast(({ topic }) => topic === '/good')?.id;
        claim(channelId !== undefined, 'the good topic was not advertised');
        // The bent frames may have subscribed to it already.
        const ids = Array.from({ length: 10 }, (_, id) => id);
        feed({ good: true }, () => {
          session.handleText(JSON.stringify({ op: 'unsubscribe', subscriptionIds: ids }));
          session.handleText(JSON.stringify({ op: 'subscribe', subscriptions: [{ id: GOOD_ID, channelId }] }));
        });
        await clock.advance(10);
        const before = sent.length;
        graph.emit('/good', hello);
        const came = sent.slice(before).filter((frame) => typeof frame !== 'string' && frame[0] === 0x01);
        claim(came.length > 0, 'a good message did not come after bad frames');
        for (const frame of sent) {
          const { message, op } = told.safeParse(jsonOf(frame)).data ?? {};
          if (message === undefined || (op === 'status' && !/^[A-Z_]+: /.test(message))) continue;
          const code = /^([A-Z_]+): /.exec(message)?.[1] ?? '';
          claim(documentedCodes.has(code) && code !== 'INTERNAL', `the door told ${message.slice(0, 200)}`);
          claim(message.length < 2_000, 'a status is told at length');
        }
        session.handleClosed();
        await clock.advance(0);
        claim(graph.subscribed.length === 0, 'a subscription outlived its reader');
        claim(clock.pendingTimers === 0, 'a timer outlived its reader');
      },
    };
  },
};

const jsonOf = (frame: string | Uint8Array): unknown => (typeof frame === 'string' ? JSON.parse(frame) : undefined);
