import fc from 'fast-check';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { FleetState } from '../fleet/FleetState.ts';
import type { ChannelSelection } from '../fleet/FleetWatcher.ts';
import { defaultServerLimits } from '../limits.ts';
import { FakeRobotLine, helloOf } from '../testing/FakeRobotLine.ts';
import { int64Schema } from '../testing/schemas.ts';
import { FleetView } from './FleetView.ts';
import { localAdministrator } from './Principal.ts';
import { somebody } from './principal.fixture.ts';

const devices = ['a', 'a1', 'b', 'truck-1', 'truck-2'];
const topics = ['/x', '/x/y', '/x/y/z', '/odom', '/camera/left'];
const devicePatterns = ['*', 'a', 'a*', '*-1', 'truck-*', 'nobody'];
const topicPatterns = ['/**', '/x', '/x/**', '/*', '/{odom,x/y}', '/camera/*'];
const someOf = (all: readonly string[]): fc.Arbitrary<string[]> => fc.subarray([...all]);
const everyChannel: ChannelSelection = { matchesDevice: () => true, matchesTopic: () => true };

function fleetOf(): {
  readonly fleet: FleetState;
  readonly clock: FakeClock;
  readonly advertise: (device: string, topic: string) => void;
} {
  const clock = new FakeClock();
  const fleet = new FleetState(clock, defaultServerLimits);
  for (const id of devices) {
    const { device } = fleet.openLine(new FakeRobotLine(), 1, helloOf(id))!;
    device.status = {
      ros: { state: 'connected' },
      simulatedTime: false,
      standing: topics.map((topic) => ({ topic, state: 'active' })),
      motion: {
        deadman: { state: 'ready' },
        token: 0,
        leased: false,
        latches: [],
        outputs: topics.map((name) => ({ kind: 'topic', name, state: 'still', timeoutMs: 1, others: [], refused: 0 })),
      },
    };
  }
  let id = 0;
  return {
    fleet,
    clock,
    advertise(device, topic) {
      const described = {
        schema: int64Schema,
        encoding: 'ros1',
        latched: false,
        lane: 'state',
        delivery: 'latest',
      } as const;
      fleet.advertise(fleet.device(device)!, { id: ++id, topic, ...described });
    },
  };
}

/** All that a view shows, as texts. */
function shown(view: FleetView): string[] {
  return [...view.devices()].flatMap((device) => {
    const { record, info } = device;
    return [
      device.id,
      ...Array.from(device.channels(), ({ topic }) => `${device.id} ${topic} channel`),
      ...topics.filter((topic) => device.channel(topic) !== undefined).map((topic) => `${device.id} ${topic} found`),
      ...record.status.standing.map(({ topic }) => `${device.id} ${topic} known`),
      ...(info.status.motion?.outputs ?? []).map(({ name }) => `${device.id} ${name} known`),
      `${info.topics === [...device.channels()].length}`,
    ];
  });
}

test('what a restricted principal is shown, is told and finds is the filter of the whole', () => {
  fc.assert(
    fc.property(
      someOf(devicePatterns),
      someOf(topicPatterns),
      someOf(topicPatterns),
      fc.constantFrom('viewer', 'operator', 'admin'),
      (scopeDevices, read, write, role) => {
        const { fleet, clock, advertise } = fleetOf();
        const whole = new FleetView(fleet, clock, localAdministrator);
        const view = whole.as(somebody(role, { devices: scopeDevices, read, write }));
        const { rights } = view;
        const told: string[] = [];
        const allTold: string[] = [];
        const watch = (each: FleetView, into: string[], selection: ChannelSelection): void => {
          each.watchChannels({
            ...selection,
            handleChannel: ({ advertised }) => void into.push(`${advertised.device} ${advertised.topic}`),
            handleChannelGone: ({ advertised }) => void into.push(`${advertised.device} ${advertised.topic} gone`),
          });
        };
        watch(view, told, everyChannel);
        watch(whole, allTold, everyChannel);
        view.watchDevices((id) => void told.push(id));
        whole.watchDevices((id) => void allTold.push(id));
        for (const device of devices) {
          watch(view, told, { ...everyChannel, deviceId: device });
          watch(whole, allTold, { ...everyChannel, deviceId: device });
          for (const topic of topics) advertise(device, topic);
          const state = fleet.device(device)!;
          fleet.unadvertise(state, state.channels.get('/odom')!);
          fleet.announce(state, 'status');
        }
        const isSeen = (text: string): boolean => {
          const [device = '', topic, what] = text.split(' ');
          if (device === 'true') return true;
          if (!rights.seesDevice(device)) return false;
          return topic === undefined || (what === 'known' ? rights.knows(topic) : rights.reads(topic));
        };
        expect(told).toEqual(allTold.filter(isSeen));
        expect(shown(view).filter((text) => text !== 'true')).toEqual(
          shown(whole).filter((text) => text !== 'true' && isSeen(text)),
        );
        expect(shown(view)).not.toContain('false');
        const channelsOf = (each: FleetView, selection: ChannelSelection): string[] =>
          Array.from(each.channelsOf(selection), ({ advertised }) => `${advertised.device} ${advertised.topic}`);
        for (const selection of [everyChannel, ...devices.map((deviceId) => ({ ...everyChannel, deviceId }))])
          expect(channelsOf(view, selection)).toEqual(channelsOf(whole, selection).filter(isSeen));
        for (const device of devices) expect(view.device(device) !== undefined).toBe(rights.seesDevice(device));
      },
    ),
    { numRuns: 200 },
  );
});
