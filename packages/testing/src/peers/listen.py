"""Subscribes to a topic and prints what arrives. Arguments: TOPIC pkg/Type.

First line {"ready": true}; then per message {"callerid", "latching", "hex"}, hex being its bytes as they came.
"""
import json
import sys

import roslib.message
import rospy


def handle(message):
    header = message._connection_header
    record = {"callerid": header.get("callerid"), "latching": header.get("latching", "0"), "hex": message._buff.hex()}
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


topic, kind = sys.argv[1:3]
if roslib.message.get_message_class(kind) is None:
    sys.exit("no message type " + kind)
rospy.init_node("listen", anonymous=True, disable_signals=True)
rospy.Subscriber(topic, rospy.AnyMsg, handle)
print(json.dumps({"ready": True}), flush=True)
rospy.spin()
