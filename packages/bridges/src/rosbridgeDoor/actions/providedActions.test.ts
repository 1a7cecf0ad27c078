import { describe, expect, test } from 'vitest';
import { matching } from '../RosbridgeClient.fixture.ts';
import type { RosbridgeClient } from '../RosbridgeClient.fixture.ts';
import { countClient, emit, published } from './actions.fixture.ts';

const advertise = { op: 'advertise_action', action: '/count', type: 'demo/Count' };
const goal = (id: string): object => ({ goal_id: { stamp: { secs: 7, nsecs: 1 }, id }, goal: { to: 3 } });
const about = (id: string): object => ({ action: '/count', id });

async function provided(): Promise<RosbridgeClient> {
  const client = countClient({ served: false });
  expect(await client.say(advertise)).toEqual([]);
  return client;
}

describe('advertise_action', () => {
  test('goals come to the client; its feedback and result go to the robot', async () => {
    const client = await provided();
    emit(client, 'goal', goal('r1'));
    emit(client, 'goal', goal('r1'));
    expect(client.take()).toEqual([
      {
        op: 'send_action_goal',
        id: 'r1',
        action: '/count',
        action_type: 'demo/Count',
        args: { to: 3 },
        feedback: true,
      },
    ]);
    expect(
      await client.say(
        { op: 'action_feedback', ...about('r1'), values: { at: 2 } },
        { op: 'action_result', ...about('r1'), values: { sum: 6 }, status: 4, result: true },
      ),
    ).toEqual([]);
    const goal_id = { stamp: { sec: 7, nsec: 1 }, id: 'r1' };
    expect(published(client, 'feedback')).toMatchObject([{ status: { goal_id, status: 1 }, feedback: { at: 2n } }]);
    expect(published(client, 'result')).toMatchObject([{ status: { goal_id, status: 3 }, result: { sum: 6n } }]);
  });

  test('the status is told 5 times a second while there are goals, once a second else', async () => {
    const client = await provided();
    for (let i = 0; i < 20; i++) await client.clock.advance(100);
    expect(published(client, 'status')).toHaveLength(3);
    emit(client, 'goal', goal('r1'));
    for (let i = 0; i < 20; i++) await client.clock.advance(100);
    expect(published(client, 'status')).toHaveLength(14);
    expect(published(client, 'status').at(-1)).toMatchObject({ status_list: [{ goal_id: { id: 'r1' }, status: 1 }] });
    await client.say({ op: 'action_result', ...about('r1'), values: {}, status: 4, result: true });
    expect(published(client, 'status').at(-1)).toMatchObject({ status_list: [{ status: 3 }] });
    for (let i = 0; i < 60; i++) await client.clock.advance(100);
    expect(published(client, 'status').at(-1)).toMatchObject({ status_list: [] });
  });

  test.each([
    [{ status: 5, result: true }, 2],
    [{ status: 6, result: true }, 4],
    [{ status: 4, result: false, values: 'broken' }, 4],
    [{ status: 6, result: false }, 4],
  ])('a result with %j ends the goal with actionlib’s %i', async (end, status) => {
    const client = await provided();
    emit(client, 'goal', goal('r1'));
    await client.say({ op: 'action_result', ...about('r1'), ...end });
    const text = 'values' in end ? end.values : '';
    expect(published(client, 'result')).toMatchObject([{ status: { status, text } }]);
  });

  test('a cancel means one goal, those up to a time, or all; before its goal it comes in time as well', async () => {
    const client = await provided();
    for (const id of ['r1', 'r2', 'r3']) emit(client, 'goal', goal(id));
    client.take();
    emit(client, 'cancel', { id: 'r2' });
    expect(client.take()).toEqual([{ op: 'cancel_action_goal', id: 'r2', action: '/count' }]);
    emit(client, 'cancel', { stamp: { secs: 6, nsecs: 0 } });
    expect(client.take()).toEqual([]);
    emit(client, 'cancel', {});
    expect(client.take()).toHaveLength(3);
    emit(client, 'cancel', { id: 'r4' });
    emit(client, 'goal', goal('r4'));
    await client.say();
    expect(published(client, 'result')).toMatchObject([{ status: { goal_id: { id: 'r4' }, status: 8 } }]);
  });

  test('a result that does not fit is told, and the goal is aborted', async () => {
    const client = await provided();
    emit(client, 'goal', goal('r1'));
    client.take();
    const told = await client.say({
      op: 'action_result',
      ...about('r1'),
      values: { total: 1 },
      status: 4,
      result: true,
    });
    expect(told).toMatchObject([{ op: 'status', msg: matching(/^MESSAGE_INVALID: /) }]);
    expect(published(client, 'result')).toMatchObject([{ status: { status: 4 } }]);
  });

  test.each(['unadvertise_action', 'gone'])('open goals are aborted: %s', async (how) => {
    const client = await provided();
    emit(client, 'goal', goal('r1'));
    if (how === 'gone') client.session.handleClosed();
    else await client.say({ op: how, action: '/count' });
    expect(published(client, 'result')).toMatchObject([{ status: { goal_id: { id: 'r1' }, status: 4 } }]);
    await client.clock.advance(2_000);
    expect([client.graph.subscribed, client.graph.publishers]).toEqual([[], 0]);
  });

  test('a goal of before, one that took too long, and one too many never reach the client', async () => {
    const client = await provided();
    const late = client.clock.wallNs() - 6_000_000_000n;
    client.robot.nowNs = () => late + 20_000_000_000n;
    emit(client, 'goal', goal('old'));
    await client.say();
    expect(published(client, 'result')).toMatchObject([{ status: { status: 5, text: matching(/^COMMAND_EXPIRED/) } }]);
    const other = await provided();
    for (let i = 0; i < 101; i++) emit(other, 'goal', goal(`r${i}`));
    expect(other.take()).toHaveLength(100);
    expect(published(other, 'result')).toMatchObject([{ status: { status: 5, text: matching(/^LIMIT_EXCEEDED/) } }]);
  });

  test('answers about no open goal, unknown types and too many actions are told', async () => {
    const client = await provided();
    const cases: [object, string][] = [
      [{ op: 'action_feedback', ...about('none'), values: {} }, 'GOAL_UNKNOWN'],
      [{ op: 'action_result', ...about('none'), values: {}, result: true }, 'GOAL_UNKNOWN'],
      [{ op: 'action_result', id: 'x', action: '/other', values: {} }, 'GOAL_UNKNOWN'],
      [{ op: 'advertise_action', action: '/other', type: 'demo/Nothing' }, 'TYPE_UNKNOWN'],
      [{ op: 'advertise_action', action: '/typeless' }, 'NAME_INVALID'],
    ];
    for (const [op, code] of cases) {
      expect(await client.say(op)).toMatchObject([{ op: 'status', msg: matching(new RegExp(`^${code}: `)) }]);
      await client.clock.advance(1_000);
    }
    await client.say(...Array.from({ length: 1_000 }, (_, i) => ({ ...advertise, action: `/count${i}` })));
    expect(client.graph.publishers).toBe(3 * 20);
  });
});
