"""A container that works on pictures: the JSON form of docs/containers.md. Write your own in `transform`."""

import json
import os
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LARGEST = 50_000_000


def transform(source, target):
    """Bytes of a JPEG and, where the recipe has base pictures, of such a one, to the bytes of a JPEG or PNG.

    Raise ValueError with a reason that the person who sent the picture can read, where it cannot be worked on.
    """
    return source


def fetch(address):
    if address is None:
        return None
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read(LARGEST)


def store(address, picture):
    request = urllib.request.Request(address, data=picture, method="PUT", headers={"Content-Type": "image/jpeg"})
    urllib.request.urlopen(request, timeout=60).close()


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        self.answer(200 if self.path == "/ping" else 404, {})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/invocations":
            return self.answer(404, {"message": "only /invocations"})
        try:
            store(asked["output"], transform(fetch(asked["source"]), fetch(asked.get("target"))))
        except ValueError as error:
            return self.answer(422, {"message": str(error)})
        self.answer(200, asked)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Server).serve_forever()
