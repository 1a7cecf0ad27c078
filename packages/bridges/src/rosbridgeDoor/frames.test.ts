import { describe, expect, test } from 'vitest';
import { matching, RosbridgeClient } from './RosbridgeClient.fixture.ts';

describe('frames', () => {
  const good = { op: 'call_service', service: '/rosapi/get_time', id: 'good' };

  test.each([
    ['no JSON', 'hello', 'FRAME_MALFORMED'],
    ['an empty frame', '', 'FRAME_MALFORMED'],
    ['a list', '[1]', 'FRAME_MALFORMED'],
    ['an object without op', '{"topic":"/a"}', 'FRAME_MALFORMED'],
    ['an op that is none', '{"op":"fly","id":"f"}', 'FRAME_UNEXPECTED'],
    ['a wrong field', '{"op":"subscribe","topic":5}', 'FRAME_MALFORMED'],
    ['nesting of 100,000', '{"op":'.repeat(100_000), 'FRAME_MALFORMED'],
    ['rosauth', '{"op":"auth","mac":"m"}', 'NOT_SUPPORTED'],
    ['an action', '{"op":"cancel_action_goal","action":"/a","id":"i"}', 'GOAL_UNKNOWN'],
  ])('%s is answered and forgotten', async (_, text, code) => {
    const client = new RosbridgeClient();
    const [told, answer, ...others] = await client.say(text, good);
    expect(told).toMatchObject({ op: 'status', level: 'error', msg: matching(new RegExp(`^${code}: `)) });
    expect(answer).toMatchObject({ op: 'service_response', id: 'good', result: true });
    expect(others).toEqual([]);
  });

  test('an object in pieces is put together, a piece without its rest spoils nothing and is told', async () => {
    const client = new RosbridgeClient();
    const whole = JSON.stringify(good);
    expect(await client.say(whole.slice(0, 10), whole.slice(10, 11), whole.slice(11))).toMatchObject([{ id: 'good' }]);
    const told = await client.say('{"op":"publish","topic":"/a{', good);
    expect(told).toMatchObject([{ op: 'status', msg: matching(/^FRAME_MALFORMED/) }, { id: 'good' }]);
    expect(await client.say('{"op":')).toEqual([]);
    await client.clock.advance(2_000);
    expect(client.take()).toMatchObject([{ op: 'status', msg: matching(/^FRAME_MALFORMED/) }]);
  });

  test('several objects in a frame, fragments, and text in a binary frame are read', async () => {
    const client = new RosbridgeClient();
    const whole = JSON.stringify(good);
    expect(await client.say(whole + whole)).toHaveLength(2);
    const fragment = (num: number, data: string): object => ({ op: 'fragment', id: 'f', num, total: 2, data });
    expect(await client.say(fragment(0, whole.slice(0, 9)), fragment(1, whole.slice(9)))).toMatchObject([
      { id: 'good' },
    ]);
    client.session.handleBinary(new TextEncoder().encode(whole));
    expect(await client.say()).toMatchObject([{ id: 'good' }]);
  });

  test('set_level none silences statuses', async () => {
    const client = new RosbridgeClient();
    expect(await client.say({ op: 'set_level', level: 'none' }, { op: 'fly' })).toEqual([]);
    expect(await client.say({ op: 'set_level', level: 'info' }, { op: 'fly' })).toHaveLength(1);
  });
});
