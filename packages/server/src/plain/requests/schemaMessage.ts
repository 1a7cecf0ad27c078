import { RosError } from '@longline/ros';
import { commonSchema } from '../commonSchema.ts';
import { jsonAnswer } from './PlainRequest.ts';
import type { RequestHandler } from './PlainRequest.ts';

/** Answers the definition of a message type; of a type that only the device knows, that there is none. */
export const schemaMessage: RequestHandler<'schema.message'> = ({ type }, _request, { device, robot }) => {
  const schema = commonSchema(type);
  if (schema.encoding !== '' || robot.uses(schema.name)) return jsonAnswer(schema);
  throw new RosError('TYPE_UNKNOWN', `${device.id} uses no ${schema.name}, and it is no common type.`, {
    details: { type },
  });
};
