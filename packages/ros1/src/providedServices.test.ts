import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { codecFor } from '@longline/ros';
import type { ProvidedService, RosGraph, ServiceAdvertisement, ServiceHandler } from '@longline/ros';
import { describeWithPeer, runRosProgram, startRoscore, startRospyNode, waitFor } from '@longline/testing';
import type { Roscore } from '@longline/testing';
import { openRos1 } from './openRos1.ts';

const setBool = { service: '/far/set_bool', type: 'std_srvs/SetBool' };

/** Answers with what it was asked, or fails. */
const answer: ServiceHandler = (request, { schema }) => {
  const { data } = codecFor(schema.request, 'ros1').decode(request);
  if (data !== true) return Promise.reject(new Error('the "café" is closed'));
  return Promise.resolve(codecFor(schema.response, 'ros1').encode({ success: true, message: 'from afar' }));
};

const rospyCaller = (body: string): string =>
  `import rospy
from std_srvs.srv import SetBool, Trigger
rospy.init_node('caller', anonymous=True, disable_signals=True)
${body}`;

describeWithPeer('roscore', 'a service that this node provides on a real roscore', () => {
  let roscore: Roscore;
  let graph: RosGraph;

  const provide = async (advertisement: ServiceAdvertisement, handler: ServiceHandler): Promise<ProvidedService> => {
    const provided = await graph.advertiseService(advertisement, handler);
    onTestFinished(() => provided.close());
    return provided;
  };
  const call = (text: string): Promise<string> => runRosProgram(roscore, 'rosservice', ['call', ...text.split(' ')]);

  beforeAll(async () => {
    roscore = await startRoscore();
    graph = openRos1({ masterUri: roscore.masterUri, host: 'localhost', nodeName: '/provider' });
  }, 90_000);
  afterAll(async () => {
    await graph.close();
    await roscore.stop();
  });

  it('is listed, described and called by rosservice, fails in its own words, and is gone when closed', async () => {
    const provided = await provide({ ...setBool, type: 'std_srvs/srv/SetBool' }, answer);
    expect(provided.schema.name).toBe('std_srvs/SetBool');
    expect(await runRosProgram(roscore, 'rosservice', ['list'])).toContain('/far/set_bool\n');
    const info = await runRosProgram(roscore, 'rosservice', ['info', '/far/set_bool']);
    expect(info).toMatch(/Node: \/provider[^]*Type: std_srvs\/SetBool[^]*Args: data/);
    expect(await call('/far/set_bool true')).toContain('message: "from afar"');
    await expect(call('/far/set_bool false')).rejects.toThrow('" is closed');
    provided.close();
    (await provide(setBool, answer)).close();
    await waitFor(async () => !(await runRosProgram(roscore, 'rosservice', ['list'])).includes('/far/set_bool'));
    await expect(call('/far/set_bool true')).rejects.toThrow('is not available');
  }, 60_000);

  it('answers many calls of a persistent connection in order, and refuses a caller of another type', async () => {
    const provided = await provide(setBool, answer);
    const caller = startRospyNode(
      roscore,
      rospyCaller(`
p = rospy.ServiceProxy('/far/set_bool', SetBool, persistent=True)
print('persistent', [p(True).message for i in range(3)])
try:
    rospy.ServiceProxy('/far/set_bool', Trigger)()
except Exception as error:
    print('refused', error)
`),
    );
    await caller.waitFor((peer) => /refused.*MD5 sum/.test(peer.stdout));
    expect(caller.stdout).toContain("persistent ['from afar', 'from afar', 'from afar']");
    await caller.stop();
    provided.close();
  }, 60_000);

  it('is refused where another node provides it, and taken over from a node that died', async () => {
    const node = startRospyNode(
      roscore,
      rospyCaller(`
rospy.Service('/far/set_bool', SetBool, lambda request: [True, 'from the robot'])
print('ready')
rospy.spin()`),
    );
    await node.waitFor((peer) => peer.stdout.includes('ready'));
    await expect(graph.advertiseService(setBool, answer)).rejects.toMatchObject({ code: 'SERVICE_EXISTS' });
    expect(await call('/far/set_bool true')).toContain('from the robot');
    await node.stop();
    const provided = await provide(setBool, answer);
    await expect(graph.advertiseService(setBool, answer)).rejects.toMatchObject({ code: 'SERVICE_EXISTS' });
    expect(await call('/far/set_bool true')).toContain('from afar');
    provided.close();
  }, 60_000);

  it('is provided again after the master was restarted', async () => {
    const provided = await provide(setBool, answer);
    await roscore.restart();
    await waitFor(async () => (await runRosProgram(roscore, 'rosservice', ['list'])).includes('/far/set_bool'), {
      timeoutMs: 20_000,
    });
    expect(await call('/far/set_bool true')).toContain('from afar');
    provided.close();
  }, 120_000);

  it('of an unknown type is refused, and a caller that leaves is told to the handler', async () => {
    await expect(graph.advertiseService({ service: '/x', type: 'no_srvs/Such' }, answer)).rejects.toMatchObject({
      code: 'TYPE_UNKNOWN',
    });
    let signal: AbortSignal | undefined;
    const provided = await provide(setBool, (_request, context) => {
      signal = context.signal;
      return new Promise(() => undefined);
    });
    const caller = startRospyNode(roscore, rospyCaller(`rospy.ServiceProxy('/far/set_bool', SetBool)(True)`));
    await waitFor(() => signal, { timeoutMs: 20_000 });
    expect(signal?.aborted).toBe(false);
    await caller.stop();
    await waitFor(() => signal?.aborted);
    provided.close();
  }, 60_000);

  it('beside it, parameters are deleted as rosparam deletes them', async () => {
    await graph.setParameter('/gone/a', 1);
    await graph.setParameter('/gone/b', 2);
    await graph.deleteParameter('/gone/a');
    expect(await graph.getParameter('/gone')).toEqual({ b: 2 });
    await graph.deleteParameter('/gone');
    await expect(graph.getParameter('/gone/b')).rejects.toMatchObject({ code: 'PARAMETER_UNKNOWN' });
    await expect(graph.deleteParameter('/gone/b')).rejects.toMatchObject({ code: 'PARAMETER_UNKNOWN' });
  });
});
