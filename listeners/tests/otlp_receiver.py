"""Takes metrics as a collector does, and prints each request as a line of JSON.

It decodes them with OpenTelemetry's own definitions. The first line is the port.
"""

import gzip
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as service


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = service.ExportMetricsServiceRequest.FromString(gzip.decompress(body))
        strangers = unknown(request)
        line = {
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "unknown": strangers,
            "request": MessageToDict(request, preserving_proto_field_name=True),
        }
        # In one piece, as several may tell something at a time.
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        answer = service.ExportMetricsServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def unknown(message):
    """How many fields there are that the definitions do not have."""
    from google.protobuf.unknown_fields import UnknownFieldSet

    found = len(UnknownFieldSet(message))
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            values = value if field.is_repeated else [value]
            found += sum(unknown(one) for one in values)
    return found


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    sys.exit()
