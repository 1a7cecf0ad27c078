"""A robot for tests: publishes messages of common types with contents that follow from a counter, and serves two services.

Arguments: --rate HZ (default 10), --prefix /name, --services. Topics (below the prefix): string int64 float64 (every third is
nan, then inf) twist pose scan imu image odom /tf, and the latched map_name, published once.
Prints one JSON line per message: {"topic", "type", "md5", "i", "hex"}; hex is the message as rospy serialized it.
The line {"ready": true} comes once every publisher is registered.
"""
import argparse
import io
import json
import math
import sys
import threading

import rospy
from geometry_msgs.msg import PoseStamped, TransformStamped, Twist
from nav_msgs.msg import Odometry
from sensor_msgs.msg import Image, Imu, LaserScan
from std_msgs.msg import Float64, Int64, String
from std_srvs.srv import SetBool, SetBoolResponse, Trigger, TriggerResponse
from tf2_msgs.msg import TFMessage

printing = threading.Lock()


def say(record):
    with printing:
        sys.stdout.write(json.dumps(record) + "\n")
        sys.stdout.flush()


def stamp(message, i, frame="base"):
    message.header.stamp = rospy.Time(1700000000 + i, 250000000)
    message.header.frame_id = frame
    return message


def pose(i):
    message = stamp(PoseStamped(), i, "map")
    message.pose.position.x, message.pose.position.y = i * 0.5, -i
    message.pose.orientation.w = 1.0
    return message


def twist(i):
    message = Twist()
    message.linear.x, message.angular.z = 0.25 * i, -0.125 * i
    return message


def scan(i):
    message = stamp(LaserScan(), i, "laser")
    message.angle_min, message.angle_max, message.angle_increment = -1.0, 1.0, 0.25
    message.range_max = 30.0
    message.ranges = [float("inf") if k == 3 else 1.0 + i + k * 0.25 for k in range(9)]
    return message


def imu(i):
    message = stamp(Imu(), i, "imu")
    message.orientation.w = 1.0
    message.linear_acceleration.z = 9.75 + i
    message.orientation_covariance = [float(k) for k in range(9)]
    return message


def image(i):
    message = stamp(Image(), i, "camera")
    message.height, message.width, message.step, message.encoding = 4, 6, 18, "rgb8"
    message.data = bytes((i + k) % 256 for k in range(72))
    return message


def odometry(i):
    message = stamp(Odometry(), i, "odom")
    message.child_frame_id = "base"
    message.pose.pose.position.x = i * 0.1
    message.pose.pose.orientation.w = 1.0
    message.twist.twist.linear.x = 0.5
    return message


def transforms(i):
    message = TFMessage()
    for child in ("base", "laser"):
        transform = stamp(TransformStamped(), i, "odom")
        transform.child_frame_id = child
        transform.transform.rotation.w = 1.0
        transform.transform.translation.x = float(i)
        message.transforms.append(transform)
    return message


def float64(i):
    return Float64([i / 3.0, float("nan"), math.inf][i % 3])


TOPICS = [
    ("string", String, lambda i: String("hello %d é" % i)),
    ("int64", Int64, lambda i: Int64(9007199254740993 + i)),
    ("float64", Float64, float64),
    ("twist", Twist, twist),
    ("pose", PoseStamped, pose),
    ("scan", LaserScan, scan),
    ("imu", Imu, imu),
    ("image", Image, image),
    ("odom", Odometry, odometry),
    ("/tf", TFMessage, transforms),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=10)
    parser.add_argument("--prefix", default="/robot")
    parser.add_argument("--services", action="store_true")
    parser.add_argument("--name", default="sample_robot")
    options = parser.parse_args()
    rospy.init_node(options.name, disable_signals=True)

    def name_of(topic):
        return topic if topic.startswith("/") else options.prefix + "/" + topic

    def publish(publisher, kind, topic, i, message):
        publisher.publish(message)
        buffer = io.BytesIO()
        message.serialize(buffer)
        say({"topic": topic, "type": kind._type, "md5": kind._md5sum, "i": i, "hex": buffer.getvalue().hex()})

    publishers = [(name_of(t), kind, make, rospy.Publisher(name_of(t), kind, queue_size=100)) for t, kind, make in TOPICS]
    latched = rospy.Publisher(name_of("map_name"), String, queue_size=1, latch=True)
    publish(latched, String, name_of("map_name"), 0, String("the first floor"))

    if options.services:
        rospy.Service(
            options.prefix + "/set_bool",
            SetBool,
            lambda request: SetBoolResponse(request.data, "got %s" % request.data),
        )

        def fail(_request):
            raise rospy.ServiceException('the "café" is closed')

        rospy.Service(options.prefix + "/fail", Trigger, fail)
        rospy.Service(options.prefix + "/trigger", Trigger, lambda _: TriggerResponse(False, 'not "now", é'))

    say({"ready": True})
    rate = rospy.Rate(options.rate)
    i = 0
    while not rospy.is_shutdown():
        for topic, kind, make, publisher in publishers:
            publish(publisher, kind, topic, i, make(i))
        i += 1
        rate.sleep()


main()
