"""Prints one JSON line for every Twist on /cmd_vel as ROS delivers it: {"ms", "x", "madeMs"}, ms of the machine's
monotonic clock; the operator of the test writes into angular.z when he made it.

With `--drive HZ` it publishes Twists of its own there, as an autonomy stack would.
"""
import json
import sys
import time

import rospy
from geometry_msgs.msg import Twist


def heard(message):
    print(json.dumps({"ms": time.monotonic() * 1000, "x": message.linear.x, "madeMs": message.angular.z}), flush=True)


rospy.init_node("autonomy" if "--drive" in sys.argv else "velocity_watch", disable_signals=True)
if "--drive" in sys.argv:
    publisher = rospy.Publisher("/cmd_vel", Twist, queue_size=1)
    print(json.dumps({"ready": True}), flush=True)
    rate = rospy.Rate(float(sys.argv[sys.argv.index("--drive") + 1]))
    while not rospy.is_shutdown():
        message = Twist()
        message.linear.x = 0.125
        publisher.publish(message)
        rate.sleep()
else:
    rospy.Subscriber("/cmd_vel", Twist, heard, tcp_nodelay=True)
    print(json.dumps({"ready": True}), flush=True)
    rospy.spin()
