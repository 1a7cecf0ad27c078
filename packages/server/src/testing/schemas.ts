import type { Schema } from '@longline/ros';

/** Definitions for the tests of this package. */
export const int64Schema: Schema = { name: 'std_msgs/Int64', encoding: 'ros1msg', text: 'int64 data\n' };
export const floatSchema: Schema = { name: 'std_msgs/Float64', encoding: 'ros1msg', text: 'float64 data\n' };
export const bytesSchema: Schema = { name: 'test_msgs/Bytes', encoding: 'ros1msg', text: 'uint8[] data\n' };
