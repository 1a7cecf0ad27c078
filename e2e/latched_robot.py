"""A robot that says everything once: latched messages of common types with awkward contents.

Prints one JSON line per message: {"topic", "type", "hex"}, hex being the message as rospy serialized it; then {"ready": true}.
"""
import io
import json
import math

import rospy
from geometry_msgs.msg import PolygonStamped, Point32, PoseStamped, PoseWithCovarianceStamped, TransformStamped, Twist, WrenchStamped
from nav_msgs.msg import OccupancyGrid, Odometry, Path
from sensor_msgs.msg import BatteryState, Image, Imu, JointState, LaserScan, NavSatFix, PointCloud2, PointField
from std_msgs.msg import Bool, ColorRGBA, Empty, Float32MultiArray, Float64, Header, Int64, MultiArrayDimension, String, Time, UInt64, UInt8MultiArray
from tf2_msgs.msg import TFMessage


def stamp(message, frame="base"):
    message.header.seq = 7
    message.header.stamp = rospy.Time(1700000000, 123456789)
    message.header.frame_id = frame
    return message


def pose(x=0.0):
    message = stamp(PoseStamped(), "map")
    message.pose.position.x, message.pose.position.y = x, -1e-7
    message.pose.orientation.w = 1.0
    return message


def scan():
    message = stamp(LaserScan(), "laser")
    message.angle_min, message.angle_max, message.angle_increment = -math.pi, math.pi, 0.1
    message.ranges = [float("inf"), float("-inf"), float("nan"), 0.1, 1e10, 3.4028234663852886e38]
    message.intensities = [1.0, 2.5]
    return message


def imu():
    message = stamp(Imu())
    message.orientation.w = 1.0
    message.angular_velocity.z = -0.0
    message.orientation_covariance = [-1.0] + [k / 3.0 for k in range(8)]
    return message


def fix():
    message = stamp(NavSatFix(), "gps")
    message.status.status, message.status.service = -1, 1
    message.latitude, message.longitude, message.altitude = 52.520008, 13.404954, float("nan")
    return message


def joints():
    message = stamp(JointState())
    message.name, message.position = ["left wheel", "", "it's: \"odd\""], [1.5, 1e22, 1e-5]
    return message


def cloud():
    message = stamp(PointCloud2())
    message.height, message.width, message.point_step, message.row_step = 1, 2, 4, 8
    message.fields = [PointField("x", 0, PointField.FLOAT32, 1)]
    message.data, message.is_dense = bytes(range(8)), True
    return message


def battery():
    message = stamp(BatteryState())
    message.voltage, message.percentage = 12.6, float("nan")
    message.cell_voltage = [4.2, 4.1]
    message.serial_number = "null"
    return message


def image():
    message = stamp(Image(), "camera")
    message.height, message.width, message.step, message.encoding = 2, 2, 6, "rgb8"
    message.data = bytes((250 + k) % 256 for k in range(12))
    return message


def odometry():
    message = stamp(Odometry(), "odom")
    message.child_frame_id = "base"
    message.pose.pose.position.x = 0.1 + 0.2
    message.twist.covariance = [float(k) for k in range(36)]
    return message


def path():
    message = stamp(Path(), "map")
    message.poses = [pose(0.5), pose(1.5)]
    return message


def grid():
    message = stamp(OccupancyGrid(), "map")
    message.info.resolution, message.info.width, message.info.height = 0.05, 3, 2
    message.info.map_load_time = rospy.Time(5, 6)
    message.data = [-1, 0, 100, 50, -128, 127]
    return message


def covariance():
    message = stamp(PoseWithCovarianceStamped(), "map")
    message.pose.covariance = [k * 0.1 for k in range(36)]
    return message


def polygon():
    message = stamp(PolygonStamped())
    message.polygon.points = [Point32(0.1, 0.2, 0.3), Point32()]
    return message


def transforms():
    message = TFMessage()
    for child in ("base", "laser"):
        transform = stamp(TransformStamped(), "odom")
        transform.child_frame_id = child
        transform.transform.rotation.w = 1.0
        transform.transform.translation.x = 1.0 / 3.0
        message.transforms.append(transform)
    return message


def twist():
    message = Twist()
    message.linear.x, message.angular.z = 0.25, -0.125
    return message


def wrench():
    message = stamp(WrenchStamped())
    message.wrench.force.x = 1e16
    return message


def dimensions():
    message = Float32MultiArray(data=[0.1, float("nan"), -0.0])
    message.layout.dim = [MultiArrayDimension("x", 3, 3)]
    return message


MESSAGES = {
    "/std/string": String("héllo: 'wörld'\n\"line two\" \\ \t"),
    "/std/empty": Empty(),
    "/std/bool": Bool(True),
    "/std/int64": Int64(-9223372036854775808),
    "/std/uint64": UInt64(18446744073709551615),
    "/std/nan": Float64(float("nan")),
    "/std/third": Float64(1.0 / 3.0),
    "/std/time": Time(rospy.Time(1700000000, 5)),
    "/std/header": Header(3, rospy.Time(1, 2), "yes"),
    "/std/color": ColorRGBA(0.1, 0.2, 0.3, 1.0),
    "/std/bytes": UInt8MultiArray(data=bytes([0, 127, 128, 255])),
    "/std/floats": dimensions(),
    "/geometry/twist": twist(),
    "/geometry/pose": pose(1e-5),
    "/geometry/covariance": covariance(),
    "/geometry/polygon": polygon(),
    "/geometry/wrench": wrench(),
    "/sensor/scan": scan(),
    "/sensor/imu": imu(),
    "/sensor/fix": fix(),
    "/sensor/joints": joints(),
    "/sensor/cloud": cloud(),
    "/sensor/battery": battery(),
    "/sensor/image": image(),
    "/nav/odom": odometry(),
    "/nav/path": path(),
    "/nav/grid": grid(),
    "/tf_static": transforms(),
}

rospy.init_node("latched_robot", disable_signals=True)
publishers = []
for topic, message in MESSAGES.items():
    # rospy counts header.seq up for every subscriber of a latched topic; without this mark it leaves the header alone.
    message.__class__._has_header = False
    publisher = rospy.Publisher(topic, message.__class__, queue_size=1, latch=True)
    publishers.append(publisher)
    publisher.publish(message)
    buffer = io.BytesIO()
    message.serialize(buffer)
    print(json.dumps({"topic": topic, "type": message._type, "hex": buffer.getvalue().hex()}), flush=True)
print(json.dumps({"ready": True}), flush=True)
rospy.spin()
