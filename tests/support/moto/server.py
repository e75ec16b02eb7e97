"""Runs moto for the tests: one request at a time, on a free loopback port, until standard input closes.

Its backends are not safe between threads, hence `threaded=False`. The port is printed once it listens. Whoever started
this holds the other end of standard input: when that process ends, however it ends, so does this one.
"""

import os
import sys
import threading

from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class RequestHandler(WSGIRequestHandler):
    # A client that connects and says nothing must not hold up everyone else for ever.
    timeout = 5


def quick_serialization(general):
    """DynamoDB's values are kept as they go over the wire. moto looks for each of their ten members under each of its
    possible names: most of the time of a query."""

    def serialize(self, serialized, value, shape, key):
        if shape.name == "AttributeValue" and type(value) is dict:
            serialized[key] = value
        else:
            general(self, serialized, value, shape, key)

    return serialize


def quick_copy(self, memo):
    """A transaction copies whole tables, once for each of its actions: most of its time."""
    copied = DynamoType.__new__(DynamoType)
    copied.type = self.type
    if self.is_map():
        copied.value = {name: quick_copy(value, memo) for name, value in self.value.items()}
    elif self.is_list():
        copied.value = [quick_copy(value, memo) for value in self.value]
    elif self.is_set():
        copied.value = list(self.value)
    else:
        copied.value = self.value
    return copied


BaseJSONSerializer._serialize_type_structure = quick_serialization(BaseJSONSerializer._serialize_type_structure)
DynamoType.__deepcopy__ = quick_copy


def exit_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=exit_with_parent, daemon=True).start()
application = DomainDispatcherApplication(create_backend_app)
server = make_server("127.0.0.1", 0, application, threaded=False, request_handler=RequestHandler)
print(server.port, flush=True)
server.serve_forever()
