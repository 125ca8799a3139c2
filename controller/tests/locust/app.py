"""The testing-types API, in Flask behind waitress: a server that is neither Locust's nor ours.

    app.py LOG

Prints the port it listens on, and answers until it is killed. Each request is a line in LOG:
method, path, status, microseconds it took, bytes of the body.
"""

import os
import random
import sys
import threading
import time

import waitress
from flask import Flask, jsonify, request

# The time it takes over a request, in seconds.
LEAST, MOST = 0.005, 0.040

# One in so many is not created.
REFUSED_ONE_IN = 8

app = Flask(__name__)
types = [
    {"id": 1, "name": "unit", "type": "functional"},
    {"id": 2, "name": "load", "type": "performance"},
]
posted = 0
lock = threading.Lock()


@app.get("/tests")
def list_types():
    time.sleep(random.uniform(LEAST, MOST))
    return jsonify(types)


@app.post("/tests")
def create_type():
    global posted
    time.sleep(random.uniform(LEAST, MOST))
    with lock:
        posted += 1
        number = posted
    if number % REFUSED_ONE_IN == 0:
        return jsonify(error="no more of these today"), 400
    return jsonify(id=number, name=request.get_json()["name"]), 201


class Logged:
    """Logs what an application answers, and how long it took over it."""

    def __init__(self, application, log):
        self.application = application
        self.log = log

    def __call__(self, environ, start_response):
        begun = time.perf_counter_ns()
        answered = []

        def start(status, headers, exc_info=None):
            answered.append(status.split()[0])
            return start_response(status, headers, exc_info)

        body = b"".join(self.application(environ, start))
        micros = (time.perf_counter_ns() - begun) // 1000
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        line = f"{method} {path} {answered[0]} {micros} {len(body)}\n"
        # One write of a line to a file that is appended to: no lines run into each other.
        os.write(self.log, line.encode())
        return [body]


def main():
    log = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    # A thread for each user, so that nobody waits for another one's request.
    server = waitress.create_server(Logged(app, log), host="127.0.0.1", port=0, threads=32)
    print(server.effective_port, flush=True)
    server.run()


if __name__ == "__main__":
    main()
