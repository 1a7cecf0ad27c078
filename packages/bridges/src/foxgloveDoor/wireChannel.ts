import { stringifyExact } from '@longline/ros';
import type { Channel, Encoding, Schema, ServiceSchema } from '@longline/ros';
import { jsonSchemaOf } from './jsonSchemaOf.ts';
import type { WireChannel, WireService, WireServiceHalf } from './ServerOp.ts';

/** A channel as clients read it: raw bytes with the robot's own definition; JSON with a JSON Schema made from it. */
export function wireChannel(id: number, { topic, schema, encoding }: Channel): WireChannel {
  return { id, topic, ...wireHalf(schema, encoding) };
}

/** A service with the definitions of both halves, to be called in the robot's own encoding. */
export function wireService(id: number, name: string, schema: ServiceSchema): WireService {
  const { request, response } = schema;
  return {
    id,
    name,
    type: schema.name,
    request: wireHalf(request, encodingOf(request)),
    response: wireHalf(response, encodingOf(response)),
  };
}

function wireHalf(schema: Schema, encoding: Encoding): WireServiceHalf {
  if (encoding !== 'json') {
    return { encoding, schemaName: schema.name, schema: schema.text, schemaEncoding: schema.encoding };
  }
  return {
    encoding,
    schemaName: schema.name,
    schema: stringifyExact(jsonSchemaOf(schema)),
    schemaEncoding: 'jsonschema',
  };
}

/** The encoding in which a robot with such definitions serializes. */
export const encodingOf = ({ encoding }: Pick<Schema, 'encoding'>): Encoding =>
  encoding === 'ros1msg' ? 'ros1' : encoding === 'ros2msg' ? 'cdr' : 'json';
