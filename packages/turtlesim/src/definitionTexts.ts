/** The `.msg` files of the message types this robot has, by type. */
export const messageTexts: ReadonlyMap<string, string> = new Map([
  [
    'turtlesim/Pose',
    `float32 x
float32 y
float32 theta

float32 linear_velocity
float32 angular_velocity`,
  ],
  [
    'turtlesim/Color',
    `uint8 r
uint8 g
uint8 b
`,
  ],
  [
    'geometry_msgs/Twist',
    `# This expresses velocity in free space broken into its linear and angular parts.
Vector3  linear
Vector3  angular
`,
  ],
  [
    'geometry_msgs/Vector3',
    `# This represents a vector in free space. 
# It is only meant to represent a direction. Therefore, it does not
# make sense to apply a translation to it (e.g., when applying a 
# generic rigid transformation to a Vector3, tf2 will only apply the
# rotation). If you want your data to be translatable too, use the
# geometry_msgs/Point message instead.

float64 x
float64 y
float64 z`,
  ],
  [
    'rosgraph_msgs/Log',
    `##
## Severity level constants
##
byte DEBUG=1 #debug level
byte INFO=2  #general level
byte WARN=4  #warning level
byte ERROR=8 #error level
byte FATAL=16 #fatal/critical level
##
## Fields
##
Header header
byte level
string name # name of the node
string msg # message 
string file # file the message came from
string function # function the message came from
uint32 line # line the message came from
string[] topics # topic names that the node publishes
`,
  ],
  [
    'std_msgs/Header',
    `# Standard metadata for higher-level stamped data types.
# This is generally used to communicate timestamped data 
# in a particular coordinate frame.
# 
# sequence ID: consecutively increasing ID 
uint32 seq
#Two-integer timestamp that is expressed as:
# * stamp.sec: seconds (stamp_secs) since epoch (in Python the variable is called 'secs')
# * stamp.nsec: nanoseconds since stamp_secs (in Python the variable is called 'nsecs')
# time-handling sugar is provided by the client library
time stamp
#Frame this data is associated with
string frame_id
`,
  ],
  ['std_msgs/Bool', 'bool data'],
  ['std_msgs/Float64', 'float64 data'],
  ['std_msgs/Int32', 'int32 data'],
  ['std_msgs/String', 'string data\n'],
  ['roscpp/Logger', 'string name\nstring level\n'],
]);

/** The `.srv` files of the service types this robot has, by type. */
export const serviceTexts: ReadonlyMap<string, string> = new Map([
  ['std_srvs/Empty', '---'],
  ['std_srvs/SetBool', 'bool data\n---\nbool success\nstring message'],
  ['std_srvs/Trigger', '---\nbool success\nstring message'],
  ['turtlesim/Kill', 'string name\n---'],
  ['turtlesim/SetPen', 'uint8 r\nuint8 g\nuint8 b\nuint8 width\nuint8 off\n---\n'],
  [
    'turtlesim/Spawn',
    `float32 x
float32 y
float32 theta
string name # Optional.  A unique name will be created and returned if this is empty
---
string name`,
  ],
  ['turtlesim/TeleportAbsolute', 'float32 x\nfloat32 y\nfloat32 theta\n---\n'],
  ['turtlesim/TeleportRelative', 'float32 linear\nfloat32 angular\n---\n'],
  ['roscpp/GetLoggers', '---\nLogger[] loggers\n'],
  ['roscpp/SetLoggerLevel', 'string logger\nstring level\n---\n'],
]);
