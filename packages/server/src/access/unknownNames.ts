import { RosError } from '@longline/ros';

// One sentence for what is not there and for what one may not see.

export const topicUnknown = (device: string, topic: string): RosError =>
  new RosError(
    'TOPIC_UNKNOWN',
    `Device ${device} has no topic ${topic} here. GET /api/v1/devices/${device}/topics lists those it has; the agent's config says which it sends.`,
    { details: { device, topic } },
  );

export const parameterUnknown = (device: string, name: string): RosError =>
  new RosError(
    'PARAMETER_UNKNOWN',
    `Device ${device} has no parameter ${name}. GET /api/v1/devices/${device}/parameters lists those it has.`,
    { details: { device, name } },
  );

export const serviceUnknown = (device: string, service: string): RosError =>
  new RosError(
    'SERVICE_UNKNOWN',
    `Device ${device} has no service ${service}. GET /api/v1/devices/${device}/services lists those it has.`,
    { details: { device, service } },
  );
