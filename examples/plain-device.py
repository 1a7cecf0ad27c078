#!/usr/bin/env python3
"""A device without an agent: it publishes a temperature, shows texts, and has a lamp that others switch.

    sudo apt-get install python3-websockets
    python3 examples/plain-device.py ws://localhost:8080/api/v1/devices/greenhouse-1/connect

On a locked server its token comes from the environment: LONGLINE_DEVICE_TOKEN=ld_...
"""
import asyncio, json, math, os, sys, time
import websockets

token = os.environ.get("LONGLINE_DEVICE_TOKEN")
headers = {"Authorization": f"Bearer {token}"} if token else {}


async def publish(send):
    while True:
        await send(op="publish", topic="/temperature", msg={"data": 20 + 5 * math.sin(time.time() / 60)})
        await asyncio.sleep(1)


async def talk(socket):
    async def send(**op):
        await socket.send(json.dumps(op))

    await send(op="advertise", topic="/temperature", type="std_msgs/Float64")
    await send(op="subscribe", topic="/display", type="std_msgs/String")
    await send(op="advertise_service", service="/lamp", type="std_srvs/SetBool")
    publishing = asyncio.create_task(publish(send))
    try:
        async for text in socket:
            op = json.loads(text)
            if op["op"] == "publish":
                print("display:", op["msg"]["data"], flush=True)
            elif op["op"] == "call_service":
                words = "on" if op["args"]["data"] else "off"
                values = {"success": True, "message": f"the lamp is {words}"}
                await send(op="service_response", service=op["service"], id=op["id"], values=values, result=True)
            elif op["op"] == "status":  # what the server refused, and why
                print(op["msg"], file=sys.stderr, flush=True)
    finally:
        publishing.cancel()


async def main():
    while True:
        try:
            # From websockets 14 on extra_headers is called additional_headers.
            async with websockets.connect(sys.argv[1], extra_headers=headers) as socket:
                await talk(socket)
        except (OSError, websockets.WebSocketException) as error:
            print("not connected:", error, file=sys.stderr, flush=True)
        await asyncio.sleep(1)


asyncio.run(main())
