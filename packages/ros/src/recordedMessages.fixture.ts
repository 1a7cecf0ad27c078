import type { Schema } from './Schema.ts';

/** Messages of a real ROS 2 Humble robot as foxglove_bridge sent them, with padding at the end; definitions without comments and constants. */
export const recordedMessages: readonly { readonly schema: Schema; readonly data: Uint8Array }[] = [
  recorded('std_msgs/msg/String', 'string data', 'AAEAAAkAAABoZWxsbyA3NQAAAAA='),
  recorded(
    'sensor_msgs/msg/BatteryState',
    'std_msgs/Header header|float32 voltage|float32 temperature|float32 current|float32 charge|float32 capacity|float32 design_capacity|float32 percentage|uint8 power_supply_status|uint8 power_supply_health|uint8 power_supply_technology|bool present|float32[] cell_voltage|float32[] cell_temperature|string location|string serial_number|SEP|MSG: std_msgs/Header|builtin_interfaces/Time stamp|string frame_id|SEP|MSG: builtin_interfaces/Time|int32 sec|uint32 nanosec',
    'AAEAAEGwA2s93S0UAQAAAAAAAAAAAMRBAADAfwAAwL8AAMB/AAAgQQAAAADNzEw/AAAAAQIAAAAAAGBAAADAfwAAAAABAAAAAAAAAAEAAAAAAAAA',
  ),
  recorded(
    'diagnostic_msgs/msg/DiagnosticArray',
    'std_msgs/Header header|DiagnosticStatus[] status|SEP|MSG: diagnostic_msgs/DiagnosticStatus|byte level|string name|string message|string hardware_id|KeyValue[] values|SEP|MSG: diagnostic_msgs/KeyValue|string key|string value|SEP|MSG: std_msgs/Header|builtin_interfaces/Time stamp|string frame_id|SEP|MSG: builtin_interfaces/Time|int32 sec|uint32 nanosec',
    'AAEAAEKwA2ugTjoUAQAAAAAAAAABAAAAAQAAAAYAAABtb3RvcgAAAAUAAAB3YXJtAAAAAAMAAABtMQAAAQAAAAUAAAB0ZW1wAAAAAAMAAAA2MQAA',
  ),
  recorded(
    'tf2_msgs/msg/TFMessage',
    'geometry_msgs/TransformStamped[] transforms|SEP|MSG: geometry_msgs/TransformStamped|std_msgs/Header header|string child_frame_id|Transform transform|SEP|MSG: geometry_msgs/Transform|Vector3 translation|Quaternion rotation|SEP|MSG: geometry_msgs/Quaternion|float64 x 0|float64 y 0|float64 z 0|float64 w 1|SEP|MSG: geometry_msgs/Vector3|float64 x|float64 y|float64 z|SEP|MSG: std_msgs/Header|builtin_interfaces/Time stamp|string frame_id|SEP|MSG: builtin_interfaces/Time|int32 sec|uint32 nanosec',
    'AAEAAAEAAABCsANrAArqMQUAAABvZG9tAAAAAAoAAABiYXNlX2xpbmsAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADwPw==',
  ),
  recorded(
    'sensor_msgs/msg/Imu',
    'std_msgs/Header header|geometry_msgs/Quaternion orientation|float64[9] orientation_covariance|geometry_msgs/Vector3 angular_velocity|float64[9] angular_velocity_covariance|geometry_msgs/Vector3 linear_acceleration|float64[9] linear_acceleration_covariance|SEP|MSG: geometry_msgs/Quaternion|float64 x 0|float64 y 0|float64 z 0|float64 w 1|SEP|MSG: geometry_msgs/Vector3|float64 x|float64 y|float64 z|SEP|MSG: std_msgs/Header|builtin_interfaces/Time stamp|string frame_id|SEP|MSG: builtin_interfaces/Time|int32 sec|uint32 nanosec',
    'AAEAAESwA2sLzbQRBAAAAGltdQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADwPwAAAAAAAPC/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAfhetRuJ4jQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==',
  ),
];

/** Lines are parted by "|"; SEP is the line between types. */
function recorded(name: string, lines: string, base64: string): { schema: Schema; data: Uint8Array } {
  const text = lines.replaceAll('SEP', '='.repeat(80)).replaceAll('|', '\n');
  return {
    schema: { name, encoding: 'ros2msg', text: `${text}\n` },
    data: Uint8Array.from(Buffer.from(base64, 'base64')),
  };
}
