import { describe, expect, test } from 'vitest';
import { matching } from '../RosbridgeClient.fixture.ts';
import { countClient, emit, published } from './actions.fixture.ts';

const send = { op: 'send_action_goal', id: 'g1', action: '/count', action_type: 'demo/Count', feedback: true };
const about = (status: number, id = 'g1'): object => ({ status: { goal_id: { id }, status, text: '' } });

describe('send_action_goal', () => {
  test('the goal is published with the op’s ID; feedback and result come back', async () => {
    const client = countClient({ served: true });
    expect(await client.say({ ...send, args: { to: 3 } })).toEqual([]);
    expect(published(client, 'goal')).toMatchObject([{ goal_id: { id: 'g1' }, goal: { to: 3n } }]);
    emit(client, 'feedback', { ...about(1), feedback: { at: 2 } });
    emit(client, 'feedback', { ...about(1, 'another'), feedback: { at: 9 } });
    emit(client, 'result', { ...about(3), result: { sum: 6, mean: Number.NaN } });
    expect(client.take()).toEqual([
      { op: 'action_feedback', id: 'g1', action: '/count', values: { at: 2 } },
      { op: 'action_result', id: 'g1', action: '/count', values: { sum: 6, mean: null }, status: 4, result: true },
    ]);
    emit(client, 'result', { ...about(3), result: {} });
    expect(client.take()).toEqual([]);
  });

  test.each([
    [2, 5],
    [4, 6],
    [5, 6],
    [8, 5],
    [9, 0],
  ])('actionlib’s status %i of a result is rosbridge’s %i', async (status, told) => {
    const client = countClient({ served: true });
    await client.say(send);
    emit(client, 'result', { ...about(status), result: {} });
    expect(client.take()).toMatchObject([{ op: 'action_result', status: told, result: true }]);
  });

  test('the type may be spelled as ROS 2 does, in another package; another action’s is refused', async () => {
    const client = countClient({ served: true });
    await client.say({ ...send, action_type: 'demo_interfaces/action/Count' }, { ...send, id: 'g2', action: 'count' });
    expect(published(client, 'goal')).toHaveLength(2);
    const told = await client.say({ ...send, id: 'g3', action_type: 'demo/Sum' });
    expect(told).toMatchObject([{ id: 'g3', values: matching(/^TYPE_MISMATCH: /), status: 0, result: false }]);
  });

  test('without an action server for 5 s, and with args that do not fit, an action_result says so', async () => {
    const client = countClient({ served: false });
    expect(await client.say(send)).toEqual([]);
    for (let i = 0; i < 60; i++) await client.clock.advance(100);
    expect(client.take()).toMatchObject([{ id: 'g1', values: matching(/^ACTION_UNKNOWN: /), result: false }]);
    const other = countClient({ served: true });
    const told = await other.say({ ...send, args: { from: 3 } });
    expect(told).toMatchObject([{ op: 'action_result', values: matching(/^MESSAGE_INVALID: /), result: false }]);
  });

  test('one that waits for its action server is sent when that comes', async () => {
    const client = countClient({ served: false });
    await client.say(send);
    const { graph } = countClient({ served: true });
    for (const schema of graph.schemas.values()) {
      const [, part] = /Action(Feedback|Result)$/.exec(schema.name) ?? [];
      if (part !== undefined) client.graph.setTopic(`/count/${part.toLowerCase()}`, schema);
      if (schema.name.endsWith('StatusArray')) client.graph.setTopic('/count/status', schema);
    }
    for (let i = 0; i < 10; i++) await client.clock.advance(100);
    expect(published(client, 'goal')).toHaveLength(1);
  });

  test('a goal that the action server lost, or whose result was lost, ends all the same', async () => {
    const client = countClient({ served: true });
    await client.say(send, { ...send, id: 'g2' });
    for (let i = 0; i < 6; i++) {
      emit(client, 'status', { status_list: [{ goal_id: { id: 'g2' }, status: 3, text: 'well' }] });
      await client.clock.advance(1_000);
    }
    expect(client.take()).toMatchObject([
      { op: 'action_result', id: 'g2', values: matching(/^ROS_TIMEOUT: .*well/), status: 4, result: false },
    ]);
    emit(client, 'status', { status_list: [] });
    expect(client.take()).toMatchObject([{ id: 'g1', values: matching(/^GOAL_UNKNOWN: /), status: 0, result: false }]);
  });

  test('at most 100 goals are open, each with an ID of its own', async () => {
    const client = countClient({ served: true });
    const told = await client.say(...Array.from({ length: 101 }, (_, id) => ({ ...send, id })));
    expect(told).toMatchObject([{ op: 'action_result', id: 100, values: matching(/^LIMIT_EXCEEDED: /) }]);
    expect(await client.say({ ...send, id: 7 })).toMatchObject([
      { op: 'status', msg: matching(/^FRAME_UNEXPECTED: /) },
    ]);
  });

  test('a goal is as old as its frame: too old it is refused', async () => {
    const client = countClient({ served: true });
    client.answersPings = false;
    await client.clock.advance(6_000);
    expect(await client.say(send)).toMatchObject([{ values: matching(/^COMMAND_EXPIRED: /), result: false }]);
    expect(published(client, 'goal')).toEqual([]);
  });
});

describe('cancel_action_goal', () => {
  const cancel = { op: 'cancel_action_goal', action: '/count', id: 'g1' };

  test('the goal’s ID is published; the action server ends the goal', async () => {
    const client = countClient({ served: true });
    await client.say(send);
    expect(await client.say(cancel)).toEqual([]);
    expect(published(client, 'cancel')).toEqual([{ stamp: { sec: 0, nsec: 0 }, id: 'g1' }]);
    emit(client, 'result', { ...about(2), result: { sum: 1 } });
    expect(client.take()).toMatchObject([{ id: 'g1', status: 5, values: { sum: 1 }, result: true }]);
  });

  test('a goal that was not sent yet never is', async () => {
    const client = countClient({ served: true });
    const told = await client.say(send, cancel);
    expect(told).toMatchObject([{ op: 'action_result', id: 'g1', status: 5, result: false }]);
    expect([published(client, 'goal'), published(client, 'cancel')]).toEqual([[], []]);
  });

  test('an ID of no open goal is told', async () => {
    const client = countClient({ served: true });
    expect(await client.say(cancel)).toMatchObject([{ op: 'status', id: 'g1', msg: matching(/^GOAL_UNKNOWN: /) }]);
  });
});

test('whose client is gone, a goal goes on, and nothing is held for it', async () => {
  const client = countClient({ served: true });
  await client.say(send);
  client.session.handleClosed();
  await client.clock.advance(1_000);
  expect(published(client, 'cancel')).toEqual([]);
  expect([client.graph.subscribed, client.graph.publishers]).toEqual([[], 0]);
});

test('on ROS 2 actions are refused with what works', async () => {
  const client = countClient({ served: true });
  const snapshot = client.graph.snapshot.bind(client.graph);
  client.graph.snapshot = async () => ({ ...(await snapshot()), rosVersion: 2 });
  const told = await client.say(send, { op: 'advertise_action', action: '/mine', type: 'demo/Count', id: 'a' });
  expect(told).toEqual(
    expect.arrayContaining([
      {
        op: 'action_result',
        id: 'g1',
        action: '/count',
        values: matching(/^NOT_SUPPORTED: /),
        status: 0,
        result: false,
      },
      { op: 'status', level: 'error', id: 'a', msg: matching(/^NOT_SUPPORTED: .*services/) },
    ]),
  );
});
