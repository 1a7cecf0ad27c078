"""Runs `rostopic echo -n 1` for each topic given, one after the other, and prints one JSON line per topic: {"topic", "text"}.

It runs the very command; in one process, because starting Python costs more than all the rest.
"""
import contextlib
import io
import json
import sys

import rostopic

for topic in sys.argv[1:]:
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        rostopic.rostopicmain(["rostopic", "echo", "-n", "1", topic])
    print(json.dumps({"topic": topic, "text": text.getvalue()}), flush=True)
