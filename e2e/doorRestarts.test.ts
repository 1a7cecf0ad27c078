import { describeWithPeer, roslib, runRosProgram, waitFor } from '@longline/testing';
import { expect, it } from 'vitest';
import { DoorWorld } from './DoorWorld.ts';
import { FoxgloveViewer } from './FoxgloveViewer.ts';
import { START_MS } from './longline.ts';

const WAIT = { timeoutMs: START_MS };

describeWithPeer('roscore', 'a reader that only connects again', () => {
  it('hears all as before when the server, the agent or the network was away', { timeout: 3 * START_MS }, async () => {
    const world = await DoorWorld.start();
    const url = world.door('rosbridge');
    const ros = new roslib.Ros();
    let isOver = false;
    ros.on('error', () => undefined);
    ros.on('close', () => {
      if (!isOver) setTimeout(() => void ros.connect(url).catch(() => undefined), 200);
    });
    await ros.connect(url);
    let heard = 0;
    new roslib.Topic({ ros, name: '/robot/string', messageType: 'std_msgs/String' }).subscribe(() => heard++);
    const mine = new roslib.Topic({ ros, name: '/from_far', messageType: 'std_msgs/String' });
    mine.advertise();
    const isWhole = async (): Promise<void> => {
      const before = heard;
      await waitFor(() => heard > before + 3, WAIT);
      await waitFor(async () => (await runRosProgram(world.roscore, 'rostopic', ['list'])).includes('/from_far'), WAIT);
    };
    const viewer = new FoxgloveViewer(world.door('foxglove'));
    try {
      await isWhole();
      viewer.client.subscribe((await viewer.channel('/robot/odom')).id);
      await waitFor(() => viewer.messages.length > 3, WAIT);
      await world.agent.kill();
      await waitFor(() => viewer.statuses.some((status) => status.startsWith('DEVICE_OFFLINE')), WAIT);
      await world.agent.launch();
      await isWhole();
      world.link.cut();
      const before = viewer.messages.length;
      await waitFor(() => viewer.messages.length > before + 3, WAIT);
      await isWhole();
      await world.server.kill();
      await waitFor(() => !ros.isConnected, WAIT);
      await world.server.launch();
      await isWhole();
      expect(world.server.process.stderr).not.toMatch(/"level":[56]0/);
    } finally {
      isOver = true;
      ros.close();
      viewer.client.close();
      await world.stop();
    }
  });
});
