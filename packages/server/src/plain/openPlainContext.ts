import { movesByType } from '@longline/ros';
import type { Clock, Schema } from '@longline/ros';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { FleetState } from '../fleet/FleetState.ts';
import type { PlainCalls } from './PlainCalls.ts';
import type { PlainContext, PlainSender } from './PlainContext.ts';
import { PlainMotion } from './PlainMotion.ts';
import { motionMemoryOf } from './PlainMotionMemory.ts';
import type { PlainRobot } from './PlainRobot.ts';
import { PlainUplink } from './PlainUplink.ts';

/** What {@link openPlainContext} is given. */
export interface PlainContextOptions {
  readonly fleet: FleetState;
  readonly device: DeviceState;
  readonly clock: Clock;
  readonly robot: PlainRobot;
  readonly calls: PlainCalls;
  readonly sender: PlainSender;
  readonly isUnguarded: boolean;
  readonly silentMs: () => number;
  readonly handleMessage: () => void;
  /** The device's status is another. */
  readonly handleChange: () => void;
}

/** Makes what the handlers work with, once a device was let in. */
export function openPlainContext(options: PlainContextOptions): PlainContext {
  const { calls, clock, device, fleet, handleChange, handleMessage, isUnguarded, robot, sender, silentMs } = options;
  const movingSchema = (topic: string): Schema | undefined => {
    const schema = robot.subscriptions.get(topic)?.schema;
    return schema !== undefined && movesByType(schema.name) ? schema : undefined;
  };
  const motion = new PlainMotion({
    device: device.id,
    clock,
    memory: motionMemoryOf(device),
    isUnguarded,
    silentMs,
    movingSchema,
    movingTopics: () => [...robot.subscriptions.keys()].filter((topic) => movingSchema(topic) !== undefined),
    send: (topic, schema, value) => sender.publish(topic, schema, value),
    reached: () => sender.reached(),
    handleChange,
  });
  return {
    device,
    robot,
    motion,
    calls,
    sender,
    uplink: new PlainUplink({ fleet, device, robot, clock, handleMessage }),
    channelOf: (topic) => device.channels.get(topic),
    nowNs: () => clock.wallNs(),
  };
}
