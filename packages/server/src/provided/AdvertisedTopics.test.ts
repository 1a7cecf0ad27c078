import type { Action, Reply } from '@longline/line';
import { expect, test } from 'vitest';
import { somebody } from '../access/principal.fixture.ts';
import { Rights } from '../access/Rights.ts';
import type { FakeRobotLine } from '../testing/FakeRobotLine.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';

const payload = new Uint8Array(0);
const operator = somebody('operator');
const reader = {};
const other = {};

function make() {
  const rooms = new ServerRooms();
  const line = rooms.connect();
  const replies: Reply[] = [];
  const send = (action: Action, owner: object): void =>
    rooms.requests.send({ device: 'r1', principal: operator, action, payload, owner }, (reply) => replies.push(reply));
  const advertise = (owner: object): void =>
    send({ kind: 'topic.advertise', topic: '/chat', type: 'std_msgs/String', holder: 'mine' }, owner);
  const unadvertise = (owner: object): void =>
    send({ kind: 'topic.unadvertise', topic: '/chat', holder: 'mine' }, owner);
  return { rooms, line, replies, advertise, unadvertise };
}

const kinds = (line: FakeRobotLine): string[] => line.asked.map(({ request }) => request.action.kind);
const holderOf = (line: FakeRobotLine, index: number): unknown => {
  const action = line.asked[index]?.request.action;
  return action !== undefined && 'holder' in action ? action.holder : undefined;
};

test('a topic is unadvertised when its owner did so as often as it advertised it', () => {
  const { line, replies, advertise, unadvertise } = make();
  for (let i = 0; i < 2; i++) {
    advertise(reader);
    line.answer({ json: '{}' });
  }
  unadvertise(reader);
  expect(kinds(line)).toEqual(['topic.advertise', 'topic.advertise']);
  unadvertise(reader);
  expect(kinds(line)).toEqual(['topic.advertise', 'topic.advertise', 'topic.unadvertise']);
  expect(replies.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done']);
});

test('nobody lets go of what another advertised, whatever holder he names', () => {
  const { line, replies, advertise, unadvertise } = make();
  advertise(reader);
  line.answer({ json: '{}' });
  expect(holderOf(line, 0)).not.toBe('mine');
  unadvertise(other);
  expect(replies.at(-1)).toMatchObject({ state: 'rejected', code: 'NOT_PROVIDED' });
  expect(line.asked).toHaveLength(1);
});

test('a new line is told again, and an owner that is gone holds nothing', () => {
  const { rooms, line, advertise } = make();
  advertise(reader);
  line.answer({ json: '{}' });
  const next = rooms.connect();
  expect(kinds(next)).toEqual(['topic.advertise']);
  expect(holderOf(next, 0)).toBe(holderOf(line, 0));
  rooms.requests.endOwner(reader);
  expect(kinds(next)).toEqual(['topic.advertise', 'topic.unadvertise']);
  expect(kinds(rooms.connect())).toEqual([]);
});

test('what the robot refused, and what may no longer be, is not held', () => {
  const { rooms, line, replies, advertise } = make();
  advertise(reader);
  line.answer({ state: 'rejected', code: 'NOT_ALLOWED' });
  expect(replies.at(-1)).toMatchObject({ code: 'NOT_ALLOWED' });
  expect(kinds(rooms.connect())).toEqual([]);
  const last = rooms.connect();
  advertise(reader);
  last.answer({ json: '{}' });
  rooms.requests.revoke(operator.id, Rights.of(operator));
  expect(kinds(last)).toEqual(['topic.advertise']);
  rooms.requests.revoke(operator.id, undefined);
  expect(kinds(last)).toEqual(['topic.advertise', 'topic.unadvertise']);
});
