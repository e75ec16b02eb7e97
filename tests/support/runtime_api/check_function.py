"""A function for the checks of the Runtime API: it does what its payload says."""

import json
import os
import sys
import time
import urllib.request

BASE = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/"


def post(path, body):
    urllib.request.urlopen(urllib.request.Request(BASE + path, data=json.dumps(body).encode())).read()


if "INIT_ERROR" in os.environ:
    post("init/error", {"errorType": "Runtime.InitError", "errorMessage": os.environ["INIT_ERROR"]})
    sys.exit(1)

while True:
    invocation = urllib.request.urlopen(BASE + "invocation/next")
    headers = invocation.headers
    payload = json.load(invocation)
    path = f"invocation/{headers['Lambda-Runtime-Aws-Request-Id']}/"
    match payload["do"]:
        case "tell":
            print(json.dumps({"message": "telling"}), flush=True)
            milliseconds = int(headers["Lambda-Runtime-Deadline-Ms"]) - time.time() * 1000
            post(path + "response", {
                "arn": headers["Lambda-Runtime-Invoked-Function-Arn"],
                "seconds_left": milliseconds / 1000,
                "environment": dict(os.environ),
                "pid": os.getpid(),
            })
        case "fail":
            post(path + "error", {"errorType": "Gap", "errorMessage": "connection: throttled", "stackTrace": []})
        case "exit":
            print("last words", file=sys.stderr, flush=True)
            os._exit(3)
        case "sleep":
            time.sleep(60)
