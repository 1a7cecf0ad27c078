import { FakeClock } from '@longline/testing';
import { z } from 'zod';
import { FakeFoxglove } from '../../packages/bridges/src/foxglove/FakeFoxglove.fixture.ts';
import { openFoxglove } from '../../packages/bridges/src/foxglove/openFoxglove.ts';
import { recordedFoxglove } from '../../packages/bridges/src/foxglove/recordedFoxglove.fixture.ts';
import { bendBytes } from '../bendBytes.ts';
import { bendText, bendValue } from '../bendValue.ts';
import { checkRefusal } from '../documentedErrors.ts';
import { claim } from '../FuzzTarget.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';

const GOOD_ID = 4_000_000_000;
const good = { id: GOOD_ID, topic: '/good', encoding: 'cdr', schemaName: 'std_msgs/msg/Int8', schema: 'int8 data' };
const subscribed = z.looseObject({ subscriptions: z.array(z.object({ id: z.number(), channelId: z.number() })) });

/** What a Foxglove server says to a robot's agent: JSON and binary frames; after all of it a good message is still read. */
export const foxgloveRobot: FuzzTarget = {
  name: 'foxgloveRobot',
  open() {
    const { texts, frames } = recordedFoxglove();
    const greeting = ['serverInfo', 'advertise', 'advertiseServices'].map((op) => texts.get(op)?.[0] ?? '');
    const recorded = [...texts.values()].flat().filter(({ length }) => length < 20_000);
    const small = frames.filter(({ length }) => length < 2_000);
    return {
      async play(dice, feed) {
        const clock = new FakeClock();
        const server = new FakeFoxglove();
        server.greeting = greeting;
        const log = { debug: tell, info: tell, warn: tell, error: tell };
        const graph = openFoxglove({ url: 'ws://robot', clock, log, openSocket: server.open, random: () => 0 });
        await clock.advance(0);
        let heard = 0;
        for (const topic of ['/good', '/odom', '/chatter'])
          await graph.subscribe(
            { topic },
            { handleMessage: ({ channel }) => (heard += channel.topic === '/good' ? 1 : 0) },
          );
        const asked = [
          graph.listParameters(),
          graph.getParameter('/robot:max_speed'),
          graph.setParameter('/robot:max_speed', 1),
          graph.snapshot(),
          graph.callService({ service: '/trigger', data: new Uint8Array([0, 1, 0, 0, 0]) }),
        ].map((asking) => asking.catch((error: unknown) => checkRefusal(error)));
        for (let count = 0; count < 15; count++) {
          if (dice.oneIn(2)) {
            const data = bendBytes(dice, dice.one(small), small);
            feed({ data }, () => server.sendBinary(data));
          } else {
            const text = dice.one(recorded);
            const bent = dice.oneIn(2)
              ? bendText(dice, text)
              : JSON.stringify(bendValue(dice, JSON.parse(text)) ?? null);
            feed({ text: bent }, () => server.sendText(bent));
          }
          await Promise.resolve();
        }
        server.send({ op: 'unadvertise', channelIds: [GOOD_ID] });
        server.send({ op: 'advertise', channels: [good] });
        await clock.advance(0);
        const ids = server.ops('subscribe').flatMap((op) => subscribed.parse(op).subscriptions);
        const id = ids.findLast(({ channelId }) => channelId === GOOD_ID)?.id ?? 0;
        const before = heard;
        server.sendBinary(Uint8Array.from([1, id, id >> 8, id >> 16, id >> 24, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 7]));
        claim(heard === before + 1, 'a good message was not read after bad ones');
        await clock.advance(20_000);
        await Promise.all(asked);
        await graph.close();
        claim(clock.pendingTimers === 0, 'a closed graph holds timers');
      },
    };
  },
};

function tell(details: object): void {
  claim(JSON.stringify(details).length < 5_000, 'a problem is told at length');
}
