import { checkTopicName, RosError } from '@longline/ros';
import type { Clock, ProvidedService, ServiceAdvertisement, ServiceHandler } from '@longline/ros';
import type { CallBounds } from '../link/CallBounds.ts';
import { pause } from '../link/pause.ts';
import { serviceExists } from './BridgedServices.ts';
import type { BridgedServices } from './BridgedServices.ts';
import type { DefinitionStore } from './DefinitionStore.ts';
import type { Rosapi } from './Rosapi.ts';

/** Between two looks whether ROS knows the service, in milliseconds. */
const LOOK_INTERVAL_MS = 200;
const never = new AbortController().signal;

/** What providing a service through a rosbridge server needs of the present session. */
export interface ProvideServiceContext {
  readonly definitions: DefinitionStore;
  readonly rosapi: Rosapi;
  readonly services: BridgedServices;
  readonly clock: Clock;
  readonly bounds: CallBounds;
}

/**
 * Provides a service and resolves when rosapi lists it: rosbridge answers nothing, whether or not it could. Rejects with
 * `SERVICE_EXISTS`, `TYPE_UNKNOWN`, and `ROS_TIMEOUT` where it is never listed.
 */
export async function provideService(
  { service, type }: ServiceAdvertisement,
  handler: ServiceHandler,
  { definitions, rosapi, services, clock, bounds }: ProvideServiceContext,
): Promise<ProvidedService> {
  checkTopicName(service);
  const { deadlineMs, signal } = bounds;
  const endMs = clock.monotonicMs() + deadlineMs;
  const left = (): CallBounds => ({ deadlineMs: Math.max(1, endMs - clock.monotonicMs()), signal });
  const schema = await definitions.serviceTypeSchema(type, left());
  if (services.has(service) || (await rosapi.services(left())).includes(service)) throw serviceExists(service);
  const provided = services.provide(service, schema, handler);
  try {
    while (!(await rosapi.services(left())).includes(service)) {
      signal?.throwIfAborted();
      if (clock.monotonicMs() + LOOK_INTERVAL_MS >= endMs) throw neverListed(service, deadlineMs);
      await pause(clock, LOOK_INTERVAL_MS, signal ?? never);
    }
    return provided;
  } catch (error) {
    provided.close();
    throw error;
  }
}

const neverListed = (service: string, deadlineMs: number): RosError =>
  new RosError(
    'ROS_TIMEOUT',
    `The bridge was asked to provide ${service}, but ROS did not list it within ${deadlineMs} ms. See the bridge's log on the robot: it may not allow the name.`,
    { details: { service, deadlineMs } },
  );
