import { ros1TypeName, ros2TypeName, RosError } from '@longline/ros';
import type { Channel, Encoding, SchemaEncoding } from '@longline/ros';
import type { AdvertisedChannel } from './FoxgloveOp.ts';

/** The channel of a `RosGraph` that an advertised one is; an error where its messages cannot be read here. */
export function readableChannel(advertised: AdvertisedChannel): Channel | RosError {
  const { topic, encoding, schemaName, schemaEncoding = '' } = advertised;
  try {
    if (encoding === 'ros1' && (schemaEncoding === 'ros1msg' || schemaEncoding === ''))
      return channel(advertised, 'ros1', 'ros1msg', ros1TypeName(schemaName));
    if (encoding === 'cdr' && (schemaEncoding === 'ros2msg' || schemaEncoding === ''))
      return channel(advertised, 'cdr', 'ros2msg', ros2TypeName(schemaName));
    if (encoding === 'json' && schemaEncoding === 'ros1msg')
      return channel(advertised, 'json', 'ros1msg', ros1TypeName(schemaName));
    if (encoding === 'json' && schemaEncoding === 'ros2msg')
      return channel(advertised, 'json', 'ros2msg', ros2TypeName(schemaName));
  } catch (error) {
    if (error instanceof RosError) return error;
    throw error;
  }
  // What JSON means without a ROS definition is up to its reader.
  if (encoding === 'json')
    return { topic, schema: { name: schemaName, encoding: '', text: '' }, encoding, latched: false };
  return new RosError(
    'NOT_SUPPORTED',
    `${topic} cannot be read: its messages come as ${quoted(encoding)} with a definition in ${quoted(schemaEncoding)}. ` +
      'Supported are ros1 with ros1msg, cdr with ros2msg, and json.',
    { details: { topic, encoding, schemaEncoding } },
  );
}

/** An empty definition is that of a type without fields, or of one that the server could not find. */
function channel(
  { topic, schema: text }: AdvertisedChannel,
  encoding: Encoding,
  schemaEncoding: SchemaEncoding,
  name: string,
): Channel | RosError {
  if (text.trim() === '' && !name.endsWith('/Empty')) {
    return new RosError(
      'TYPE_UNKNOWN',
      `${topic} cannot be read: its bridge has no definition of ${name}. Install the message package where the bridge runs.`,
      { details: { topic, type: name } },
    );
  }
  return { topic, schema: { name, encoding: schemaEncoding, text }, encoding, latched: false };
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 40));
