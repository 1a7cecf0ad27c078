import { concatDefinition } from './concatDefinition.ts';
import type { Schema } from './Schema.ts';
import { ros1TypeName, ros2TypeName } from './typeNames.ts';

/** Definitions of common types for tests, as ROS has them without most comments. By `pkg/Type`. */
const common: Readonly<Record<string, string>> = {
  'std_msgs/Empty': '',
  'std_msgs/String': 'string data\n',
  'std_msgs/Bool': 'bool data\n',
  'std_msgs/Int64': 'int64 data\n',
  'std_msgs/Float64': 'float64 data\n',
  'std_msgs/UInt8MultiArray':
    'MultiArrayLayout  layout        # specification of data layout\nuint8[]           data\n',
  'std_msgs/MultiArrayLayout': 'MultiArrayDimension[] dim\nuint32 data_offset\n',
  'std_msgs/MultiArrayDimension': 'string label\nuint32 size\nuint32 stride\n',
  'geometry_msgs/Vector3': 'float64 x\nfloat64 y\nfloat64 z\n',
  'geometry_msgs/Point': 'float64 x\nfloat64 y\nfloat64 z\n',
  'geometry_msgs/Quaternion': 'float64 x\nfloat64 y\nfloat64 z\nfloat64 w\n',
  'geometry_msgs/Pose': 'Point position\nQuaternion orientation\n',
  'geometry_msgs/PoseWithCovariance': 'Pose pose\n# Row-major 6x6 matrix\nfloat64[36] covariance\n',
  'geometry_msgs/Transform': 'Vector3 translation\nQuaternion rotation\n',
  'geometry_msgs/TransformStamped':
    'std_msgs/Header header\nstring child_frame_id # the frame id of the child frame\nTransform transform\n',
  'geometry_msgs/Twist': '# Free space: linear and angular parts.\nVector3  linear\nVector3  angular\n',
  'geometry_msgs/TwistStamped': 'std_msgs/Header header\nTwist twist\n',
  'geometry_msgs/TwistWithCovariance': 'Twist twist\nfloat64[36] covariance\n',
  'nav_msgs/Odometry':
    'std_msgs/Header header\nstring child_frame_id\ngeometry_msgs/PoseWithCovariance pose\ngeometry_msgs/TwistWithCovariance twist\n',
  'sensor_msgs/LaserScan':
    'std_msgs/Header header            # timestamp of the first ray\nfloat32 angle_min\nfloat32 angle_max\n' +
    'float32 angle_increment\nfloat32 time_increment\nfloat32 scan_time\nfloat32 range_min\nfloat32 range_max\n' +
    'float32[] ranges         # NaN and infinities occur\nfloat32[] intensities\n',
  'sensor_msgs/Image':
    'std_msgs/Header header\nuint32 height\nuint32 width\nstring encoding\nuint8 is_bigendian\nuint32 step\nuint8[] data\n',
  'tf2_msgs/TFMessage': 'geometry_msgs/TransformStamped[] transforms\n',
  'turtlesim/Pose': 'float32 x\nfloat32 y\nfloat32 theta\n\nfloat32 linear_velocity\nfloat32 angular_velocity\n',
  'turtlesim/Color': 'uint8 r\nuint8 g\nuint8 b\n',
};

/** Types whose definitions differ between the ROS versions. */
const ros1Only: Readonly<Record<string, string>> = {
  'std_msgs/Header': 'uint32 seq\n#Two-integer timestamp\ntime stamp\nstring frame_id\n',
  'rosgraph_msgs/Clock': 'time clock\n',
  'rosgraph_msgs/Log':
    'byte DEBUG=1 #debug level\nbyte INFO=2\nbyte WARN=4\nbyte ERROR=8\nbyte FATAL=16\nHeader header\nbyte level\n' +
    'string name # name of the node\nstring msg\nstring file\nstring function\nuint32 line\nstring[] topics\n',
};
const ros2Only: Readonly<Record<string, string>> = {
  'std_msgs/Header': 'builtin_interfaces/Time stamp\nstring frame_id\n',
  'builtin_interfaces/Time': 'int32 sec\nuint32 nanosec\n',
  'builtin_interfaces/Duration': 'int32 sec\nuint32 nanosec\n',
  'rosgraph_msgs/Clock': 'builtin_interfaces/Time clock\n',
};

/** Service texts of ROS 1; the same in ROS 2. By `pkg/Type`. */
export const serviceTexts: Readonly<Record<string, string>> = {
  'std_srvs/Empty': '---\n',
  'std_srvs/SetBool':
    'bool data # e.g. for hardware enabling / disabling\n---\nbool success   # indicate successful run of triggered service\n' +
    'string message # informational, e.g. for error messages\n',
  'std_srvs/Trigger': '---\nbool success\nstring message\n',
  'turtlesim/TeleportAbsolute': 'float32 x\nfloat32 y\nfloat32 theta\n---\n',
};

/** The text of one ROS 1 type, by either spelling. */
export const findRos1Text = (type: string): string | undefined => textOf(ros1Only, type);

/** The text of one ROS 2 type, by either spelling. */
export const findRos2Text = (type: string): string | undefined => textOf(ros2Only, type);

/** A ROS 1 schema of one of the types above. */
export function ros1Schema(type: string): Schema {
  const name = ros1TypeName(type);
  return { name, encoding: 'ros1msg', text: concatDefinition(name, findRos1Text) };
}

/** A ROS 2 schema of one of the types above. */
export function ros2Schema(type: string): Schema {
  const name = ros2TypeName(type);
  return { name, encoding: 'ros2msg', text: concatDefinition(name, findRos2Text) };
}

function textOf(versionTexts: Readonly<Record<string, string>>, type: string): string | undefined {
  const name = ros1TypeName(type);
  return versionTexts[name] ?? common[name];
}
