import { describe, expect, test } from 'vitest';
import { fakeFleet } from './FakeLiveServer.fixture.ts';

const encoder = new TextEncoder();

describe('commands', () => {
  test('carry device, issuer, age and deadline; a wait for the server counts as age', async () => {
    const { clock, fleet, server } = fakeFleet();
    server.answer = (live, { id }) => live.reply({ id, state: 'done' }, encoder.encode('{"subscribers":2}'));
    clock.stall(40);
    const published = fleet
      .device(1)
      .publishMessage({ topic: '/x', message: { big: 9007199254740993n } }, { deadlineMs: 700 });
    await clock.advance(20);
    await expect(published).resolves.toEqual({ subscribers: 2 });
    expect(server.requests).toEqual([
      {
        header: expect.objectContaining({
          device: '1',
          issuer: 'tester',
          deadlineMs: 700,
          token: 0,
          action: { kind: 'publish', topic: '/x', encoding: 'json' },
        }) as unknown,
        text: '{"big":9007199254740993}',
        ageMs: expect.any(Number) as number,
      },
    ]);
    await fleet.close();
  });

  test('a command whose reply is lost with the line rejects as unknown and is never sent again', async () => {
    const { clock, fleet, pairs, server } = fakeFleet();
    await clock.advance(10);
    const set = fleet.device('r1').setParameter('/x', 1);
    set.catch(() => undefined);
    await clock.advance(10);
    pairs[0]!.cut();
    await expect(set).rejects.toMatchObject({ code: 'LINE_CLOSED', details: { state: 'unknown' } });
    await clock.advance(2_000);
    expect(server.requests).toHaveLength(1);
    await fleet.close();
  });

  test('standing commands are set, tell whether they move the robot, and end', async () => {
    const { clock, fleet, server } = fakeFleet();
    server.answer = (live, { id, action }) =>
      live.reply({ id, state: 'done' }, encoder.encode(action.kind === 'standing.set' ? '{"motion":true}' : '{}'));
    const device = fleet.device('r1');
    const set = device.setStanding({
      topic: '/cmd_vel',
      type: 'geometry_msgs/Twist',
      message: {},
      rateHz: 10,
      holdMs: 1000,
    });
    await clock.advance(20);
    await expect(set).resolves.toEqual({ motion: true });
    const end = device.endStanding('/cmd_vel');
    await clock.advance(20);
    await end;
    expect(server.requests.map(({ header }) => header.action)).toEqual([
      {
        kind: 'standing.set',
        topic: '/cmd_vel',
        type: 'geometry_msgs/Twist',
        encoding: 'json',
        rateHz: 10,
        holdMs: 1000,
      },
      { kind: 'standing.end', topic: '/cmd_vel' },
    ]);
    await fleet.close();
  });

  test('what the protocol cannot carry is refused before it could end the line', async () => {
    const { clock, fleet, server } = fakeFleet();
    await clock.advance(10);
    const device = fleet.device('r1');
    const standing = { topic: '/x', message: {}, rateHz: 10, holdMs: 1_000 };
    const refused = [
      device.setStanding({ ...standing, holdMs: 1 }),
      device.setStanding({ ...standing, rateHz: Number.NaN }),
      device.setStanding({ ...standing, topic: '' }),
      device.getParameter('x'.repeat(2_000)),
      device.getParameter('/x', { deadlineMs: Infinity }),
    ];
    for (const request of refused) await expect(request).rejects.toMatchObject({ code: 'PARAMETER_INVALID' });
    const data = new Uint8Array(16 * 1024 * 1024);
    await expect(device.publishMessage({ topic: '/x', data, encoding: 'ros1' })).rejects.toMatchObject({
      code: 'FRAME_TOO_LARGE',
    });
    expect(server.requests).toEqual([]);
    expect(fleet.status.current.state).toBe('connected');
    await fleet.close();
  });

  test('drain waits for replies before it closes', async () => {
    const { clock, fleet, server } = fakeFleet();
    const reply = Promise.withResolvers<() => void>();
    server.answer = (live, { id }) => reply.resolve(() => live.reply({ id, state: 'done' }));
    const set = fleet.device('r1').setParameter('/x', 1);
    await clock.advance(20);
    const drained = fleet.drain();
    (await reply.promise)();
    await clock.advance(20);
    await expect(set).resolves.toBeUndefined();
    await drained;
    expect(fleet.status.current).toEqual({ state: 'closed' });
  });
});
