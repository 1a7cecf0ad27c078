import { RosError } from '@longline/ros';
import { jsonAnswer } from './PlainRequest.ts';
import type { RequestHandler } from './PlainRequest.ts';

/** Answers the definitions of a service's type. */
export const schemaService: RequestHandler<'schema.service'> = ({ service }, _request, { device, robot }) => {
  const known = robot.services.get(service);
  if (known !== undefined) return jsonAnswer(known.schema);
  throw new RosError('SERVICE_UNKNOWN', `${device.id} has not advertised the service ${service}.`, {
    details: { service },
  });
};
