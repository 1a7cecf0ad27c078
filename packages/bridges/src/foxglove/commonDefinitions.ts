/**
 * Fields of message types that a robot may listen to without sending any, so that its bridge describes them nowhere: those by
 * which robots are moved, and simple values. By `pkg/Type`, fields parted by "|".
 */
const common: Readonly<Record<string, string>> = {
  'geometry_msgs/Vector3': 'float64 x|float64 y|float64 z',
  'geometry_msgs/Twist': 'Vector3 linear|Vector3 angular',
  'geometry_msgs/TwistStamped': 'std_msgs/Header header|Twist twist',
  'geometry_msgs/Point': 'float64 x|float64 y|float64 z',
  'geometry_msgs/Pose': 'Point position|Quaternion orientation',
  'geometry_msgs/PoseStamped': 'std_msgs/Header header|Pose pose',
  'ackermann_msgs/AckermannDrive':
    'float32 steering_angle|float32 steering_angle_velocity|float32 speed|float32 acceleration|float32 jerk',
  'ackermann_msgs/AckermannDriveStamped': 'std_msgs/Header header|AckermannDrive drive',
  'trajectory_msgs/JointTrajectory': 'std_msgs/Header header|string[] joint_names|JointTrajectoryPoint[] points',
  'std_msgs/Bool': 'bool data',
  'std_msgs/Empty': '',
  'std_msgs/String': 'string data',
  'std_msgs/Int8': 'int8 data',
  'std_msgs/UInt8': 'uint8 data',
  'std_msgs/Int16': 'int16 data',
  'std_msgs/UInt16': 'uint16 data',
  'std_msgs/Int32': 'int32 data',
  'std_msgs/UInt32': 'uint32 data',
  'std_msgs/Int64': 'int64 data',
  'std_msgs/UInt64': 'uint64 data',
  'std_msgs/Float32': 'float32 data',
  'std_msgs/Float64': 'float64 data',
};

/** What the two versions of ROS have each in its own way. */
const own: Readonly<Record<1 | 2, Readonly<Record<string, string>>>> = {
  1: {
    'std_msgs/Header': 'uint32 seq|time stamp|string frame_id',
    'geometry_msgs/Quaternion': 'float64 x|float64 y|float64 z|float64 w',
    'trajectory_msgs/JointTrajectoryPoint':
      'float64[] positions|float64[] velocities|float64[] accelerations|float64[] effort|duration time_from_start',
  },
  2: {
    'std_msgs/Header': 'builtin_interfaces/Time stamp|string frame_id',
    'builtin_interfaces/Time': 'int32 sec|uint32 nanosec',
    'builtin_interfaces/Duration': 'int32 sec|uint32 nanosec',
    'geometry_msgs/Quaternion': 'float64 x 0|float64 y 0|float64 z 0|float64 w 1',
    'trajectory_msgs/JointTrajectoryPoint':
      'float64[] positions|float64[] velocities|float64[] accelerations|float64[] effort|builtin_interfaces/Duration time_from_start',
  },
};

/** The text of one of those types, asked for by `pkg/Type`. */
export function commonDefinition(rosVersion: 1 | 2, type: string): string | undefined {
  const fields = own[rosVersion][type] ?? common[type];
  return fields === undefined ? undefined : `${fields.replaceAll('|', '\n')}\n`;
}
