import { findRos1Text } from '@longline/ros/fixtures';
import { codecFor, concatDefinition } from '@longline/ros';
import type { Channel, MessageCodec } from '@longline/ros';
import type { DriveState } from './Drive.ts';
import { lidarBeam } from './lidarBeam.ts';
import type { Random } from './random.ts';

/** One topic of the measured robot. */
export interface RobotTopic {
  readonly name: 'Pose' | 'Twist' | 'Odometry' | 'Scan 360' | 'Imu' | 'TF x5';
  readonly channel: Channel;
  readonly codec: MessageCodec;
  readonly rateHz: number;
  /** The fields of the message made at an instant. Numbers carry the noise of the sensor, stamps that of its driver. */
  readonly value: (sample: Sample) => unknown;
}

/** What a message is made of. */
export interface Sample {
  readonly state: DriveState;
  readonly random: Random;
  readonly sequence: number;
  readonly stampNs: bigint;
  readonly timeS: number;
}

const IMU_TEXT =
  'std_msgs/Header header\ngeometry_msgs/Quaternion orientation\nfloat64[9] orientation_covariance\n' +
  'geometry_msgs/Vector3 angular_velocity\nfloat64[9] angular_velocity_covariance\n' +
  'geometry_msgs/Vector3 linear_acceleration\nfloat64[9] linear_acceleration_covariance\n';

/**
 * Six topics as robots really publish them, in `ros1` encoding. Speeds are steered by a person (steps of 0.1 every 0.5 to
 * 3 s) and it turns round at walls; the rest is measured:
 *
 * - Pose: turtlesim's, exact float32; velocities as asked.
 * - Twist: a teleoperation pad's, so both speeds keep a value until the person steers again.
 * - Odometry: wheels and IMU fused in three dimensions, in double precision: 2 mm/s, 2 mrad/s, 1 mrad and 0.5 mm of noise,
 *   a diagonal covariance that stays.
 * - Scan 360: a room with pillars, 1 cm of noise on the ranges, which the device gives in millimetres; intensities 0 to
 *   255 by distance with noise; no echo (infinity) now and then.
 * - Imu: a MEMS device: 0.01 m/s2 and 0.002 rad/s of white noise on gravity, acceleration and turn rate; orientation
 *   with 1 mrad of noise on each axis.
 * - TF: map-odom corrected by localization, odom-base_link, two wheels and a stabilized camera: 17 numbers of 35 move.
 *
 * JSON of Odometry, Imu and TF and batches of ten under zstd have about the size that a real robot's were found to have
 * (rosbridge 732, 628 and 1,374 bytes, zstd 86, 100 and 141): the numbers are no easier than theirs.
 */
export const robotTopics: readonly RobotTopic[] = [
  topic('Pose', 'turtlesim/Pose', '/turtle1/pose', 62.5, ({ state }) => ({
    x: state.x,
    y: state.y,
    theta: state.theta,
    linear_velocity: state.askedLinear,
    angular_velocity: state.askedAngular,
  })),
  topic('Twist', 'geometry_msgs/Twist', '/cmd_vel', 20, ({ state }) => ({
    linear: { x: state.askedLinear },
    angular: { z: state.askedAngular },
  })),
  topic('Odometry', 'nav_msgs/Odometry', '/odom', 50, (sample) => {
    const { state, random } = sample;
    const noise = (sigma: number): number => random.gaussian() * sigma;
    return {
      header: header(sample, 'odom'),
      child_frame_id: 'base_link',
      pose: {
        pose: {
          position: { x: state.x, y: state.y, z: noise(0.0005) },
          orientation: rotation(noise(0.001), noise(0.001), state.theta),
        },
        covariance: diagonal(6, [0.001, 0.001, 1e6, 1e6, 1e6, 0.03]),
      },
      twist: {
        twist: {
          linear: { x: state.linear + noise(0.002), y: noise(0.002) },
          angular: { z: state.angular + noise(0.002) },
        },
        covariance: diagonal(6, [0.001, 0.001, 1e6, 1e6, 1e6, 0.03]),
      },
    };
  }),
  topic('Scan 360', 'sensor_msgs/LaserScan', '/scan', 10, (sample) => {
    const beams = Array.from({ length: 360 }, (_, degree) =>
      lidarBeam(sample.state, sample.random, (degree * Math.PI) / 180),
    );
    return {
      header: header(sample, 'laser'),
      angle_min: 0,
      angle_max: (359 * Math.PI) / 180,
      angle_increment: Math.PI / 180,
      time_increment: 0.1 / 360,
      scan_time: 0.1,
      range_min: 0.15,
      range_max: 12,
      ranges: beams.map(({ range }) => range),
      intensities: beams.map(({ intensity }) => intensity),
    };
  }),
  topic('Imu', 'sensor_msgs/Imu', '/imu/data', 100, (sample) => {
    const { state, random } = sample;
    const noise = (sigma: number): number => random.gaussian() * sigma;
    return {
      header: header(sample, 'imu_link'),
      orientation: rotation(noise(0.001), noise(0.001), state.theta + noise(0.001)),
      orientation_covariance: diagonal(3, [1e-6, 1e-6, 1e-6]),
      angular_velocity: { x: noise(0.002), y: noise(0.002), z: state.angular + noise(0.002) },
      angular_velocity_covariance: diagonal(3, [4e-6, 4e-6, 4e-6]),
      linear_acceleration: {
        x: (state.askedLinear - state.linear) * 5 + noise(0.01),
        y: state.linear * state.angular + noise(0.01),
        z: 9.80665 + noise(0.01),
      },
      linear_acceleration_covariance: diagonal(3, [1e-4, 1e-4, 1e-4]),
    };
  }),
  topic('TF x5', 'tf2_msgs/TFMessage', '/tf', 50, (sample) => {
    const { state, random, timeS } = sample;
    const wheel = (state.x + state.y) / 0.1;
    const noise = (sigma: number): number => random.gaussian() * sigma;
    const correction = { x: 0.3 + noise(0.003), y: -0.2 + noise(0.003) };
    return {
      transforms: [
        transform(sample, 'map', 'odom', correction, yaw(0.05 + noise(0.001))),
        transform(sample, 'odom', 'base_link', { x: state.x, y: state.y }, yaw(state.theta)),
        transform(sample, 'base_link', 'wheel_left', { y: 0.16, z: 0.05 }, rotation(0, wheel, 0)),
        transform(sample, 'base_link', 'wheel_right', { y: -0.16, z: 0.05 }, rotation(0, wheel + state.theta, 0)),
        transform(
          sample,
          'base_link',
          'camera',
          { x: 0.1, z: 0.4 + noise(0.0005) },
          rotation(noise(0.002), 0.1 + noise(0.002), Math.sin(timeS)),
        ),
      ],
    };
  }),
];

function topic(
  name: RobotTopic['name'],
  type: string,
  topicName: string,
  rateHz: number,
  value: RobotTopic['value'],
): RobotTopic {
  const schema = { name: type, encoding: 'ros1msg', text: concatDefinition(type, findText) } as const;
  const channel: Channel = { topic: topicName, schema, encoding: 'ros1', latched: false };
  return { name, channel, codec: codecFor(schema, 'ros1'), rateHz, value };
}

function findText(type: string): string | undefined {
  return type === 'sensor_msgs/Imu' ? IMU_TEXT : findRos1Text(type);
}

function header({ sequence, stampNs }: Sample, frame: string): unknown {
  const stamp = { sec: Number(stampNs / 1_000_000_000n), nsec: Number(stampNs % 1_000_000_000n) };
  return { seq: sequence, stamp, frame_id: frame };
}

function transform(sample: Sample, parent: string, child: string, translation: unknown, rotated: unknown): unknown {
  return {
    header: header(sample, parent),
    child_frame_id: child,
    transform: { translation, rotation: rotated },
  };
}

const yaw = (angle: number): unknown => ({ z: Math.sin(angle / 2), w: Math.cos(angle / 2) });

/** The quaternion of roll, pitch and yaw. */
function rotation(roll: number, pitch: number, yawAngle: number): unknown {
  const [cr, sr] = [Math.cos(roll / 2), Math.sin(roll / 2)];
  const [cp, sp] = [Math.cos(pitch / 2), Math.sin(pitch / 2)];
  const [cy, sy] = [Math.cos(yawAngle / 2), Math.sin(yawAngle / 2)];
  return {
    x: sr * cp * cy - cr * sp * sy,
    y: cr * sp * cy + sr * cp * sy,
    z: cr * cp * sy - sr * sp * cy,
    w: cr * cp * cy + sr * sp * sy,
  };
}

function diagonal(size: number, values: readonly number[]): number[] {
  return Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? (values[i / (size + 1)] ?? 0) : 0));
}
