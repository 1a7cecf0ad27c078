import type { Schema } from '@longline/ros';
import { describe, expect, test } from 'vitest';
import { AgentWorld, bytesOf, clockSchema, number, stamped, text } from './AgentWorld.fixture.ts';
import { TOPIC_GONE_MS } from './up/Uplink.ts';

describe('the way up', () => {
  test('published topics are advertised with their definitions and their messages arrive in order', async () => {
    const { clock, graph, server } = await new AgentWorld().started();
    expect(server.line.hello).toMatchObject({ device: 'r1', boot: 'id1', line: 'id2', robot: 'fake:' });
    expect(server.line.topics).toEqual(['/chatter']);
    for (const data of ['a', 'b']) graph.emit('/chatter', bytesOf(text, { data }));
    await clock.advance(10);
    expect(server.line.messages).toMatchObject([
      { topic: '/chatter', sequence: 0, data: bytesOf(text, { data: 'a' }) },
      { topic: '/chatter', sequence: 1, data: bytesOf(text, { data: 'b' }) },
    ]);
  });

  test('the first rule that matches decides lane, delivery and rate, or keeps the topic on the robot', async () => {
    const { clock, graph, server } = await new AgentWorld({
      topics: [
        { match: '/camera/**', lane: 'bulk', delivery: 'queue', rateHz: 5 },
        { match: '/rosout*', send: false },
        { match: '/**' },
      ],
    }).started();
    graph.setTopic('/camera/left/image', number);
    graph.setTopic('/rosout_agg', text);
    await clock.advance(100);
    expect(server.line.topics).toEqual(['/camera/left/image', '/chatter']);
    expect(server.line.advertised).toContainEqual(expect.objectContaining({ lane: 'bulk', delivery: 'queue' }));
    for (let tick = 0; tick < 100; tick++) {
      graph.emit('/camera/left/image', bytesOf(number, { data: tick }));
      await clock.advance(10);
    }
    expect(server.line.messages.length).toBeGreaterThanOrEqual(5);
    expect(server.line.messages.length).toBeLessThanOrEqual(6);
  });

  test('lane, delivery and rate follow from the type once ROS tells it, also where its graph does not', async () => {
    const image: Schema = { name: 'sensor_msgs/Image', encoding: 'ros1msg', text: 'int32 data\n' };
    const { clock, graph, server } = await new AgentWorld({
      topics: [
        { match: '/**', type: 'std_msgs/Int32', send: false },
        { match: '/camera', rateHz: 5 },
        { match: '/**' },
      ],
    }).started();
    graph.hidesTypes = true;
    graph.setTopic('/camera', image);
    graph.setTopic('/number', number);
    await clock.advance(100);
    expect(server.line.topics).toEqual(['/camera', '/chatter']);
    expect(graph.subscribed).toEqual(['/camera', '/chatter']);
    expect(server.line.advertised.at(-1)).toMatchObject({ topic: '/camera', lane: 'bulk', delivery: 'latest' });
  });

  test('a rate limit of a rule for a type holds although the type became known late', async () => {
    const { clock, graph, server } = await new AgentWorld({
      topics: [{ match: '/**', type: 'std_msgs/Int32', rateHz: 5 }, { match: '/**' }],
    }).started();
    graph.hidesTypes = true;
    graph.setTopic('/number', number);
    await clock.advance(100);
    for (let tick = 0; tick < 100; tick++) {
      graph.emit('/number', bytesOf(number, { data: tick }));
      await clock.advance(10);
    }
    expect(server.line.messages.length).toBeGreaterThanOrEqual(5);
    expect(server.line.messages.length).toBeLessThanOrEqual(6);
    expect(graph.subscribed).toEqual(['/chatter', '/number']);
  });

  test('a topic that appears later is picked up; one that is gone for ten seconds is taken back, and keeps its ID', async () => {
    const { clock, graph, server } = await new AgentWorld().started();
    graph.setTopic('/late', number);
    await clock.advance(10);
    expect(server.line.topics).toEqual(['/chatter', '/late']);
    const id = server.line.advertised.at(-1)!.id;
    graph.emit('/late', bytesOf(number, { data: 1 }));
    graph.removeTopic('/late');
    await clock.advance(TOPIC_GONE_MS - 1);
    expect(server.line.topics).toContain('/late');
    await clock.advance(1 + 10);
    expect(server.line.unadvertised).toEqual([id]);
    expect(graph.subscribed).toEqual(['/chatter']);
    graph.setTopic('/late', number);
    await clock.advance(10);
    graph.emit('/late', bytesOf(number, { data: 2 }));
    await clock.advance(10);
    expect(server.line.messages.at(-1)).toMatchObject({ channelId: id, sequence: 1 });
  });

  test('a publisher that comes back within ten seconds is no news', async () => {
    const { clock, graph, server } = await new AgentWorld().started();
    graph.setTopic('/chatter', text, { publishers: [] });
    await clock.advance(TOPIC_GONE_MS - 100);
    graph.setTopic('/chatter', text);
    await clock.advance(TOPIC_GONE_MS);
    expect(server.line.advertised.length).toBe(1);
    expect(server.line.unadvertised).toEqual([]);
  });

  test('a changed definition is advertised under the same ID before its first message', async () => {
    const { clock, graph, server } = await new AgentWorld().started();
    graph.setTopic('/chatter', number);
    graph.emit('/chatter', bytesOf(number, { data: 7 }));
    await clock.advance(10);
    const [first, second] = server.line.advertised;
    expect(second).toMatchObject({ id: first!.id, schema: number });
    expect(server.line.messages.at(-1)?.data).toEqual(bytesOf(number, { data: 7 }));
    expect(server.line.close).toBeUndefined();
  });

  test('when ROS goes the channels stay and the status says so; when it is back data flows again', async () => {
    const { clock, graph, server } = await new AgentWorld().started();
    graph.setStatus({ state: 'disconnected', code: 'ROS_UNREACHABLE', reason: 'the master does not answer' });
    await clock.advance(TOPIC_GONE_MS * 2);
    expect(server.line.statuses.at(-1)?.ros).toMatchObject({ state: 'disconnected', code: 'ROS_UNREACHABLE' });
    expect(server.line.topics).toEqual(['/chatter']);
    graph.setStatus({ state: 'connected' });
    graph.emit('/chatter', bytesOf(text, { data: 'again' }));
    await clock.advance(50);
    expect(server.line.statuses.at(-1)?.ros).toEqual({ state: 'connected' });
    expect(server.line.messages.length).toBe(1);
  });

  test('when the server is back the same channels and the newest message come, each once', async () => {
    const { clock, graph, server } = await new AgentWorld().started();
    const [before] = server.line.advertised;
    server.kill();
    for (let count = 0; count < 5; count++) graph.emit('/chatter', bytesOf(text, { data: String(count) }));
    await clock.advance(3_000);
    expect(server.dials).toBeGreaterThan(2);
    server.isUp = true;
    await clock.advance(5_100);
    expect(server.lines.length).toBe(2);
    expect(server.line.advertised).toEqual([before]);
    expect(server.line.messages).toMatchObject([{ sequence: 4, data: bytesOf(text, { data: '4' }) }]);
    await clock.advance(3_000);
    expect(server.line.dropped).toBe(4);
    expect(server.line.hello).toMatchObject({ boot: server.lines[0]!.hello!.boot });
    expect(server.line.hello!.line).not.toBe(server.lines[0]!.hello!.line);
    expect(server.line.close).toBeUndefined();
  });

  test('a definition that a line cannot carry leaves its topic out and the line alone', async () => {
    const { clock, graph, server } = await new AgentWorld().started();
    graph.setTopic('/huge', { ...text, text: `string data\n${'#'.repeat(1024 * 1024)}` });
    graph.emit('/huge', bytesOf(text, { data: 'x' }));
    await clock.advance(100);
    expect(server.line.topics).toEqual(['/chatter']);
    expect(server.line.close).toBeUndefined();
  });

  test('on simulated time messages without a header carry it, others their own, and rates stay real', async () => {
    const { clock, graph, server, agent } = await new AgentWorld().started();
    graph.setTopic('/stamped', stamped);
    graph.setTopic('/clock', clockSchema);
    await clock.advance(100);
    expect(agent.status.robot.simulatedTime).toBe(true);
    expect(server.line.statuses.at(-1)?.simulatedTime).toBe(true);
    const second = 1_000_000_000n;
    for (const sec of [100, 50]) {
      graph.emit('/clock', bytesOf(clockSchema, { clock: { sec, nsec: 0 } }));
      graph.emit('/chatter', bytesOf(text, { data: 'x' }));
      await clock.advance(10);
      const sent = server.line.messages.filter(({ topic }) => topic === '/chatter').at(-1);
      expect(sent?.publishTime).toBe(BigInt(sec) * second);
      expect(sent?.logTime).toBe(clock.wallNs() - 10_000_000n);
    }
    graph.emit('/stamped', bytesOf(stamped, { header: { stamp: { sec: 7, nsec: 5 } } }));
    await clock.advance(10);
    expect(server.line.messages.at(-1)?.publishTime).toBe(7n * second + 5n);
    graph.removeTopic('/clock');
    await clock.advance(100);
    expect(agent.status.robot.simulatedTime).toBe(false);
  });

  test('the parameter /use_sim_time alone makes time simulated, found within its poll', async () => {
    const { clock, graph, agent } = await new AgentWorld().started();
    graph.parameters.set('/use_sim_time', true);
    await clock.advance(5_000);
    expect(agent.status.robot.simulatedTime).toBe(true);
    expect(graph.subscribed).toContain('/clock');
    graph.parameters.set('/use_sim_time', false);
    await clock.advance(5_000);
    expect(agent.status.robot.simulatedTime).toBe(false);
    expect(graph.subscribed).not.toContain('/clock');
  });
});
