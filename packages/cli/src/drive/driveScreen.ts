import type { DeviceRecord, Lease } from '@longline/client';
import { timeText } from '../format/amountText.ts';
import { latchText } from '../motion/motionText.ts';
import type { Velocity } from './driveTypes.ts';
import type { DriveTopic } from './findDriveTopic.ts';

/** What {@link driveScreen} shows. */
export interface DriveView {
  readonly device: string;
  readonly target: DriveTopic;
  readonly velocity: Velocity;
  readonly speed: number;
  readonly frames: number;
  readonly lease: Pick<Lease, 'token' | 'holdMs' | 'replaced'> | undefined;
  readonly note: string | undefined;
  /** Undefined before the server told of the robot. */
  readonly record: DeviceRecord | undefined;
  /** From here to the server, in milliseconds; undefined while it is not reached. */
  readonly serverMs: number | undefined;
}

/** The state of a robot that is driven by keys, for people: what is wrong stands first. */
export function driveScreen(view: DriveView): string[] {
  const { device, frames, lease, note, record, speed, target, velocity } = view;
  return [
    `${device}  ${headline(view)}`,
    '',
    `asked    linear ${signed(velocity.linear)} m/s   angular ${signed(velocity.angular)} rad/s   speed ${Math.round(speed * 100)} %`,
    `output   ${target.topic} (${target.type})`,
    ...outputLines(record, target.topic),
    `lease    ${leaseText(lease, record)}`,
    `way      ${wayText(view)}`,
    `frames   ${frames} sent${lease === undefined || lease.replaced === 0 ? '' : `, ${lease.replaced} replaced or dropped here: the way is full`}`,
    `note     ${note ?? '-'}`,
    '',
    'w s a d or arrows drive while held; a single press drives for 0.6 s',
    'space STOPS and stays stopped; r releases; t takes the lease; + - speed; q ends',
  ];
}

function headline({ lease, record, serverMs, velocity }: DriveView): string {
  if (serverMs === undefined) return 'NO CONNECTION to the server; the robot stops by itself';
  if (record?.online === false) return 'OFFLINE: the line to the robot ended; it stops by itself';
  const latch = record?.status.motion?.latches.at(-1);
  if (latch !== undefined) return `${latchText(latch)}; r releases`;
  if (lease === undefined) return 'NO LEASE: keys move nothing; t takes it';
  if (record?.status.motion?.deadman.state === 'absent') return 'NO DEADMAN on the robot: motion is refused';
  return velocity.linear !== 0 || velocity.angular !== 0 ? 'DRIVING' : 'ready';
}

/** Each fact on a line of its own: what is cut off at the edge of a narrow terminal warns nobody. */
function outputLines(record: DeviceRecord | undefined, topic: string): string[] {
  const output = record?.status.motion?.outputs.find(({ kind, name }) => kind === 'topic' && name === topic);
  if (output === undefined) return ['robot    not in use yet'];
  const { lastRefusal = 'unknown', others, refused, state, timeoutMs } = output;
  return [
    `robot    ${state}; stops after ${timeoutMs} ms without a fresh frame`,
    ...others.map((name) => `ALSO BY  ${name}, which a stop here does not stop`),
    ...(refused === 0 ? [] : [`refused  ${refused}, last ${lastRefusal}`]),
  ];
}

function leaseText(lease: DriveView['lease'], record: DeviceRecord | undefined): string {
  if (lease !== undefined)
    return `yours, token ${lease.token}; ends ${timeText(lease.holdMs)} after this program's last word`;
  const holder = record?.lease?.holder;
  return holder === undefined ? 'nobody holds it' : `${holder} holds it`;
}

/** Two hops, told apart: from here to the server, and from there to the robot. */
function wayText({ record, serverMs }: DriveView): string {
  const robotMs = record?.line?.roundTripMs ?? undefined;
  return `server ${serverMs === undefined ? '-' : timeText(serverMs)}, robot ${robotMs === undefined ? '-' : timeText(robotMs)} behind it (round trips)`;
}

const signed = (value: number): string =>
  value === 0 ? ' 0.00' : `${value > 0 ? '+' : '-'}${Math.abs(value).toFixed(2)}`;
