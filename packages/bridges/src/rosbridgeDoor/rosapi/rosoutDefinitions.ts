/** Definitions of the log's type, for robots whose own cannot be had: clients must be able to read the list of topics. */
export const rosoutDefinitions: Readonly<Record<string, string>> = {
  'rosgraph_msgs/Log': `byte DEBUG=1
byte INFO=2
byte WARN=4
byte ERROR=8
byte FATAL=16
Header header
byte level
string name
string msg
string file
string function
uint32 line
string[] topics
================================================================================
MSG: std_msgs/Header
uint32 seq
time stamp
string frame_id
`,
  'rcl_interfaces/msg/Log': `byte DEBUG=10
byte INFO=20
byte WARN=30
byte ERROR=40
byte FATAL=50
builtin_interfaces/Time stamp
uint8 level
string name
string msg
string file
string function
uint32 line
================================================================================
MSG: builtin_interfaces/Time
int32 sec
uint32 nanosec
`,
};
