import type { CommandAge, DoorMessage } from '@longline/bridges';
import type { MotionStatus } from '@longline/line';
import type { PublishReceipt, Schema } from '@longline/ros';
import { isLonglineError } from '@longline/ros';
import { FleetView } from '../access/FleetView.ts';
import { localAdministrator } from '../access/Principal.ts';
import type { Principal } from '../access/Principal.ts';
import type { FakeRobotLine } from '../testing/FakeRobotLine.ts';
import type { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import { DeviceOutputs } from './DeviceOutputs.ts';

/** The definition of a Twist, and its bytes. */
export const twistSchema: Schema = {
  name: 'geometry_msgs/Twist',
  encoding: 'ros1msg',
  text:
    'Vector3 linear\nVector3 angular\n' +
    '='.repeat(80) +
    '\nMSG: geometry_msgs/Vector3\nfloat64 x\nfloat64 y\nfloat64 z\n',
};
export const twistBytes = (x: number): Uint8Array => {
  const data = new Uint8Array(48);
  new DataView(data.buffer).setFloat64(0, x, true);
  return data;
};

export const fresh: CommandAge = { ageMs: 0, mayBeFlushed: false };
const motionStatus: MotionStatus = { deadman: { state: 'ready' }, token: 0, leased: false, latches: [], outputs: [] };

/** The device's robot tells how motion is with it; `{}` for one that has a deadman and nothing else to say. */
export function tellMotion(rooms: ServerRooms, motion: Partial<MotionStatus> = {}): void {
  const device = rooms.fleet.device('r1');
  if (device === undefined) throw new Error('connect r1 first');
  device.status = { ...device.status, motion: { ...motionStatus, ...motion } };
}

/** The robot confirms the lease word that it was asked last, or the one at `index`. */
export const confirmLease = (line: FakeRobotLine, index = line.asked.length - 1): void =>
  line.answer({ json: JSON.stringify({ token: line.asked[index]?.request.token, holdMs: 1_000 }) }, index);

/** One reader of a door, as the door's session has him. */
export class DoorReader {
  readonly principal: Principal;
  readonly outputs: DeviceOutputs;
  readonly refusals: string[] = [];
  /** What was asked of the robot: its graph, and types whose definitions were wanted. */
  readonly asked: string[] = [];
  /** What the robot says to that; a Twist's by default. */
  schemaOf = (): Promise<Schema> => Promise.resolve(twistSchema);

  constructor(rooms: ServerRooms, options: { readonly principal?: Principal; readonly leaseToken?: number } = {}) {
    this.principal = options.principal ?? { ...localAdministrator, id: 'ann', name: 'ann' };
    this.outputs = new DeviceOutputs({
      device: 'r1',
      view: new FleetView(rooms.fleet, rooms.clock, this.principal),
      requests: rooms.requests,
      clock: rooms.clock,
      graph: {
        handleChange: () => undefined,
        messageSchema: (type) => {
          this.asked.push(type);
          return this.schemaOf();
        },
        snapshot: () => {
          this.asked.push('graph');
          const topic = { name: '/cmd_vel', type: twistSchema.name, publishers: [], subscribers: [] };
          return Promise.resolve({ rosVersion: 1, topics: [topic], services: [] });
        },
      },
      leaseToken: options.leaseToken,
    });
    this.outputs.handleRefusal = (topic, code) => void this.refusals.push(`${topic} ${code}`);
  }

  /** Drives, or stops at 0; resolves to `passed` or the code of the refusal. */
  drive(x: number, options: Partial<DoorMessage> = {}): Promise<string> {
    const data = new TextEncoder().encode(JSON.stringify({ linear: { x } }));
    return outcome(
      this.outputs.publish({
        topic: '/cmd_vel',
        type: 'geometry_msgs/Twist',
        encoding: 'json',
        data,
        ...fresh,
        ...options,
      }),
    );
  }

  publish(topic: string, options: Partial<DoorMessage> = {}): Promise<PublishReceipt> {
    const data = new TextEncoder().encode('{"data":1}');
    return this.outputs.publish({ topic, encoding: 'json', data, ...fresh, ...options });
  }

  call(service: string, options: Partial<CommandAge> = {}): Promise<string> {
    const data = new TextEncoder().encode('{}');
    return outcome(
      this.outputs.callService({ service, encoding: 'json', data, deadlineMs: 5_000, ...fresh, ...options }),
    );
  }
}

/** `passed`, or the code it was refused with. */
export async function outcome(matter: Promise<unknown>): Promise<string> {
  try {
    await matter;
    return 'passed';
  } catch (error) {
    if (isLonglineError(error)) return error.code;
    throw error;
  }
}
