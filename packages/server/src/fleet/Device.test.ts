import { expect, test } from 'vitest';
import { FleetView } from '../access/FleetView.ts';
import { localAdministrator } from '../access/Principal.ts';
import { FakeRobotLine, helloOf } from '../testing/FakeRobotLine.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import { Device } from './Device.ts';

test('a status listener that throws is told as a fault, and keeps nobody else from hearing', async () => {
  const { clock, fleet, commands, standing, requests } = new ServerRooms();
  const faults: unknown[] = [];
  const handleFault = (_what: string, error: unknown): void => void faults.push(error);
  const device = new Device('r1', new FleetView(fleet, clock, localAdministrator), {
    commands,
    requests,
    standing,
    clock,
    handleFault,
  });
  const states: string[] = [];
  device.watch({
    handleStatus: () => {
      throw new Error('a fault of the program');
    },
  });
  device.watch({ handleStatus: ({ state }) => void states.push(state) });
  await clock.advance(0);
  const opened = fleet.openLine(new FakeRobotLine(), 1, helloOf('r1'))!;
  opened.device.status = { ros: { state: 'connected' }, simulatedTime: false, standing: [] };
  fleet.announce(opened.device, 'online');
  fleet.closeLine(opened.device, 1);
  expect(states).toEqual(['disconnected', 'connected', 'disconnected']);
  expect(faults.length).toBe(3);
});
