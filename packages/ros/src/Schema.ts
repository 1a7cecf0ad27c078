/** How a message's bytes are serialized: ROS 1's format, ROS 2's CDR (with its 4-byte header), or rosbridge-style JSON text. */
export type Encoding = 'ros1' | 'cdr' | 'json';

/** The language of a definition text; empty when a JSON channel has none. MCAP's well-known schema encodings. */
export type SchemaEncoding = 'ros1msg' | 'ros2msg' | '';

/**
 * A message type with its full definition, as MCAP's schema record has it.
 *
 * `name` is `pkg/Type` for ROS 1 and `pkg/msg/Type` for ROS 2. `text` is the concatenated definition: the type itself,
 * then each dependency after a line of 80 `=` and a line `MSG: pkg/Type`.
 */
export interface Schema {
  readonly name: string;
  readonly encoding: SchemaEncoding;
  readonly text: string;
}

/** A service type with the full definitions of both halves. Half names end in `_Request` and `_Response`. */
export interface ServiceSchema {
  /** `pkg/Type` (ROS 1) or `pkg/srv/Type` (ROS 2). */
  readonly name: string;
  readonly request: Schema;
  readonly response: Schema;
}

/** One topic of one device with its type, definition and encoding. */
export interface Channel {
  readonly topic: string;
  readonly schema: Schema;
  readonly encoding: Encoding;
  /** The publisher keeps its last message for late subscribers (ROS 1 latched, ROS 2 transient local). */
  readonly latched: boolean;
}
