import { ros1TypeName } from '@longline/ros';
import type { ChannelPlan } from './ChannelPlan.ts';

type Travel = Pick<ChannelPlan, 'lane' | 'delivery' | 'maxAgeMs'>;

const newest = (lane: Travel['lane']): Travel => ({ lane, delivery: 'latest', maxAgeMs: undefined });
const each = (lane: Travel['lane'], maxAgeMs?: number): Travel => ({ lane, delivery: 'queue', maxAgeMs });

/** What a type (in the two-part spelling of its name) says about how its topics travel; docs/configuration.md has the table. */
const rows: readonly (readonly [Travel, ...types: string[]])[] = [
  [
    newest('bulk'),
    'sensor_msgs/Image',
    'sensor_msgs/CompressedImage',
    // Nobody needs it without its image.
    'sensor_msgs/CameraInfo',
    'stereo_msgs/DisparityImage',
    'theora_image_transport/Packet',
    'ffmpeg_image_transport_msgs/FFMPEGPacket',
    'foxglove_msgs/CompressedImage',
    'foxglove_msgs/CompressedVideo',
    'foxglove_msgs/RawImage',
    'sensor_msgs/PointCloud',
    'sensor_msgs/PointCloud2',
    'point_cloud_interfaces/CompressedPointCloud2',
    'draco_point_cloud_transport/CompressedPointCloud2',
    'foxglove_msgs/PointCloud',
    'velodyne_msgs/VelodyneScan',
    'ouster_msgs/PacketMsg',
    'nav_msgs/OccupancyGrid',
    'nav_msgs/GridCells',
    'nav2_msgs/Costmap',
    'nav2_msgs/VoxelGrid',
    'costmap_2d/VoxelGrid',
    'grid_map_msgs/GridMap',
    'octomap_msgs/Octomap',
  ],
  // Each is a change to the one before: the newest alone is worth nothing.
  [each('bulk'), 'map_msgs/OccupancyGridUpdate', 'map_msgs/PointCloud2Update', 'nav2_msgs/CostmapUpdate'],
  [
    newest('state'),
    'turtlesim/Pose',
    'nav_msgs/Odometry',
    'geometry_msgs/Pose',
    'geometry_msgs/Pose2D',
    'geometry_msgs/PoseStamped',
    'geometry_msgs/PoseWithCovariance',
    'geometry_msgs/PoseWithCovarianceStamped',
    'geometry_msgs/PointStamped',
    'geometry_msgs/TransformStamped',
    'geometry_msgs/Twist',
    'geometry_msgs/TwistStamped',
    'geometry_msgs/TwistWithCovarianceStamped',
    'ackermann_msgs/AckermannDrive',
    'ackermann_msgs/AckermannDriveStamped',
    'sensor_msgs/JointState',
    'sensor_msgs/MultiDOFJointState',
    'sensor_msgs/BatteryState',
    'sensor_msgs/NavSatFix',
    'actionlib_msgs/GoalStatusArray',
    'action_msgs/GoalStatusArray',
    'mavros_msgs/State',
  ],
  // Every message holds other transforms, of other frames: `latest` would lose them.
  [each('state', 1_000), 'tf2_msgs/TFMessage', 'tf/tfMessage'],
  // Each node tells its own part.
  [each('state', 10_000), 'diagnostic_msgs/DiagnosticArray'],
  // Additions and deletions, and lines of a log.
  [
    each('telemetry'),
    'rosgraph_msgs/Log',
    'rcl_interfaces/Log',
    'foxglove_msgs/Log',
    'rcl_interfaces/ParameterEvent',
    'lifecycle_msgs/TransitionEvent',
    'visualization_msgs/Marker',
    'visualization_msgs/MarkerArray',
  ],
];

const byType: ReadonlyMap<string, Travel> = new Map(
  rows.flatMap(([travel, ...types]) => types.map((type) => [type, travel] as const)),
);
/** Static transforms stay true however old they are. */
const staticTransforms = each('state');
const otherwise = newest('telemetry');

/** How a topic travels where no rule says it: by its name and type, in either spelling; `telemetry`, `latest` for all others. */
export function defaultPlan(topic: string, type: string | undefined): Travel {
  if (topic.endsWith('/tf_static')) return staticTransforms;
  if (type === undefined) return otherwise;
  try {
    return byType.get(ros1TypeName(type)) ?? otherwise;
  } catch {
    // A robot may call its types whatever it likes.
    return otherwise;
  }
}
