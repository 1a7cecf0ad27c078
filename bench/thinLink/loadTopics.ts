import { randomFillSync } from 'node:crypto';
import { codecFor, concatDefinition } from '@longline/ros';
import type { Channel } from '@longline/ros';
import { findRos1Text, ros1Schema } from '@longline/ros/fixtures';
import { Drive } from '../wire/Drive.ts';
import { seededRandom } from '../wire/random.ts';
import { robotTopics } from '../wire/robotTopics.ts';
import type { RobotTopic } from '../wire/robotTopics.ts';
import { sharedTimeOf, stampOf } from './sharedClock.ts';

/** Names of the topics that the robot of the thin-link bench publishes. */
export const topicNames = ['images', 'odometry', 'tf', 'scan'] as const;
export type TopicName = (typeof topicNames)[number];

/** One topic of the robot; its place in {@link loadTopics} is its number on the wires of the peers. */
export interface LoadTopic {
  readonly name: TopicName;
  readonly channel: Channel;
  readonly rateHz: number;
  /** When in its period the first message is made, 0 to 1: drivers do not run in step. */
  readonly phase: number;
  /** Where the first header begins in the bytes. */
  readonly headerOffset: number;
  /** Makes the message of an instant of the shared clock. */
  readonly make: (sequence: number, atMs: number) => Uint8Array;
}

const IMAGE_BYTES = 30_000;
const COMPRESSED_IMAGE = 'std_msgs/Header header\nstring format\nuint8[] data\n';

const imageSchema = {
  name: 'sensor_msgs/CompressedImage',
  encoding: 'ros1msg',
  text: concatDefinition('sensor_msgs/CompressedImage', (type) =>
    type === 'sensor_msgs/CompressedImage' ? COMPRESSED_IMAGE : findRos1Text(type),
  ),
} as const;
const imageCodec = codecFor(imageSchema, 'ros1');

const images: LoadTopic = {
  name: 'images',
  channel: { topic: '/camera/image/compressed', schema: imageSchema, encoding: 'ros1', latched: false },
  rateHz: 30,
  phase: 0.1,
  headerOffset: 0,
  make(sequence, atMs) {
    const stampNs = stampOf(atMs);
    const stamp = { secs: Number(stampNs / 1_000_000_000n), nsecs: Number(stampNs % 1_000_000_000n) };
    // A JPEG has next to no redundancy left.
    const data = randomFillSync(new Uint8Array(IMAGE_BYTES));
    return imageCodec.encode({ header: { seq: sequence, stamp, frame_id: 'camera' }, format: 'jpeg', data });
  },
};

const random = seededRandom(1);
const drive = new Drive(random);
let firstMs: number | undefined;

function measured(name: TopicName, of: RobotTopic['name'], phase: number, headerOffset: number): LoadTopic {
  const topic = robotTopics.find((each) => each.name === of);
  if (topic === undefined) throw new Error(`the robot has no ${of}`);
  return {
    name,
    channel: topic.channel,
    rateHz: topic.rateHz,
    phase,
    headerOffset,
    make(sequence, atMs) {
      firstMs ??= atMs;
      const timeMs = atMs - firstMs;
      const state = drive.at(timeMs);
      const value = topic.value({ state, random, sequence, stampNs: stampOf(atMs), timeS: timeMs / 1000 });
      return topic.codec.encode(value);
    },
  };
}

/** What the robot publishes: images, Odometry, TF and scans, moving and noisy. */
export const loadTopics: readonly LoadTopic[] = [
  images,
  measured('odometry', 'Odometry', 0.35, 0),
  // A count of transforms comes before the first header.
  measured('tf', 'TF x5', 0.7, 4),
  measured('scan', 'Scan 360', 0.55, 0),
];

/** Sequence and sending time out of a message's first header. */
export function readHeader(topic: LoadTopic, data: Uint8Array): { readonly sequence: number; readonly sentMs: number } {
  const view = new DataView(data.buffer, data.byteOffset + topic.headerOffset, 12);
  return {
    sequence: view.getUint32(0, true),
    sentMs: sharedTimeOf(view.getUint32(4, true), view.getUint32(8, true)),
  };
}

/** A Twist older than this is of no use to a robot that moves. */
export const COMMAND_DEADLINE_MS = 200;
/** Where the reader's Twist goes. */
export const COMMAND_TOPIC = '/cmd_vel';
export const COMMAND_TYPE = 'geometry_msgs/Twist';
export const commandSchema = ros1Schema(COMMAND_TYPE);
const commandCodec = codecFor(commandSchema, 'ros1');

/** A Twist that drives in a curve; its number and time are in fields that a ground robot does not use. */
export function makeCommand(sequence: number, issuedMs: number): Uint8Array {
  return commandCodec.encode({ linear: { x: 0.4, y: sequence, z: issuedMs }, angular: { z: 0.2 } });
}

/** Number and time of a command that came. */
export function readCommand(data: Uint8Array): { readonly sequence: number; readonly issuedMs: number } {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return { sequence: view.getFloat64(8, true), issuedMs: view.getFloat64(16, true) };
}
