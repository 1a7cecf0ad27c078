import type { Action } from '@longline/line';
import { PlainWorld } from '../../packages/server/src/plain/PlainWorld.fixture.ts';
import type { PlainClient } from '../../packages/server/src/plain/PlainWorld.fixture.ts';
import { bendBytes } from '../bendBytes.ts';
import { bendText, bendValue } from '../bendValue.ts';
import type { Dice } from '../Dice.ts';
import { documentedCodes } from '../documentedErrors.ts';
import { claim } from '../FuzzTarget.ts';
import type { Feed, FuzzTarget } from '../FuzzTarget.ts';

const ops: readonly Readonly<Record<string, unknown>>[] = [
  { op: 'advertise', topic: '/t', type: 'sensor_msgs/Temperature', latch: true },
  { op: 'publish', topic: '/t', msg: { header: { stamp: { secs: 1_767_225_600, nsecs: 1 } }, temperature: 20.5 } },
  {
    op: 'publish',
    topic: 'j',
    type: 'garden/Soil',
    msg: { header: { stamp: { sec: 1, nanosec: 2 } }, wet: [1, null] },
  },
  { op: 'unadvertise', topic: '/t' },
  { op: 'subscribe', topic: '/led', type: 'std_msgs/Bool', id: 's' },
  { op: 'subscribe', topic: '/cmd_vel', type: 'geometry_msgs/Twist' },
  { op: 'unsubscribe', topic: '/led', id: 's' },
  { op: 'advertise_service', service: '/lamp', type: 'std_srvs/SetBool' },
  { op: 'unadvertise_service', service: '/lamp' },
  { op: 'service_response', service: '/lamp', id: 'service_request:/lamp:0', values: { success: true }, result: true },
  { op: 'call_service', service: '/rosapi/get_time', id: 1 },
];
const actions: readonly Action[] = [
  { kind: 'publish', topic: '/led', encoding: 'json' },
  { kind: 'publish', topic: '/cmd_vel', encoding: 'json', type: 'geometry_msgs/Twist' },
  { kind: 'call', service: '/lamp', encoding: 'json' },
  { kind: 'lease.take', holdMs: 1_000 },
  { kind: 'stop' },
  { kind: 'graph' },
  { kind: 'snapshot', topic: '/t' },
];
const values: readonly unknown[] = [{ data: true }, { linear: { x: 1 } }, {}];

/** What a plain device sends, and what is asked of it meanwhile; after all of it a good message is still taken. */
export const plainDevice: FuzzTarget = {
  name: 'plain device',
  open() {
    return {
      async play(dice, feed) {
        const world = new PlainWorld();
        let fault: unknown;
        Object.assign(world.host, { handleFault: (_what: string, error: unknown) => (fault = error) });
        const client = await world.connect('esp1', true);
        const replies: Promise<unknown>[] = [];
        for (let count = 0; count < 20; count++) {
          if (dice.below(4) === 0) replies.push(ask(world, dice));
          else say(client, dice, feed);
          if (dice.below(5) === 0) await world.rooms.clock.advance(dice.below(1_000));
        }
        feed({ good: true }, () =>
          client.say({ op: 'publish', topic: '/good', type: 'std_msgs/Float64', msg: { data: 7 } }),
        );
        const state = world.rooms.fleet.device('esp1');
        claim(state?.channels.get('/good')?.latest?.value['data'] === 7, 'a good message was not taken after bad ones');
        for (const code of client.codes) claim(documentedCodes.has(code), `the status ${code} is not documented`);
        client.session.handleClosed();
        await Promise.all(replies);
        claim(fault === undefined, `the session failed: ${String(fault)}`);
        claim(!state.online, 'a device without a connection is online');
      },
    };
  },
};

function say(client: PlainClient, dice: Dice, feed: Feed): void {
  const op = dice.one(ops);
  switch (dice.below(4)) {
    case 0: {
      const text = bendText(dice, JSON.stringify(op));
      feed({ text }, () => client.session.handleText(text));
      return;
    }
    case 1: {
      const data = bendBytes(dice, Buffer.from(JSON.stringify(op)), []);
      feed({ data }, () => client.session.handleBinary(data));
      return;
    }
    case 2: {
      const text = JSON.stringify(bendValue(dice, op) ?? null);
      feed({ text }, () => client.session.handleText(text));
      return;
    }
    default:
      feed({ op }, () => client.say(op));
  }
}

/** Every request has a last word with a documented code. */
async function ask(world: PlainWorld, dice: Dice): Promise<void> {
  const reply = await world.ask(dice.one(actions), bendValue(dice, dice.one(values)) ?? null, { token: dice.below(3) });
  const { code } = reply;
  claim(code === undefined || (documentedCodes.has(code) && code !== 'INTERNAL'), `the code ${code ?? ''} of a reply`);
}
