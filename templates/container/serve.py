"""HTTP server of a model for labdeploy (docs/containers.md): planes come as .npy files, labels or maps go back as such."""

import io
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from model import Refused, predict


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open: a folder of small images is faster

    def do_GET(self):
        self.answer(200 if self.path == "/ping" else 404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        # SageMaker lets no other header through than its own.
        told = self.headers.get("labdeploy-plane") or self.headers.get("X-Amzn-SageMaker-Custom-Attributes")
        facts = json.loads(told or "{}")
        try:
            made = predict(np.load(io.BytesIO(body)), facts)
        except Refused as why:  # this image's failure: it is not tried again
            return self.answer(422, json.dumps({"message": str(why)}).encode())
        except Exception as error:  # may pass: it is tried again
            self.answer(500, f"{type(error).__name__}: {error}".encode())
            raise
        out = io.BytesIO()
        np.save(out, np.ascontiguousarray(made))
        self.answer(200, out.getvalue())

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):  # errors are printed, requests are not
        pass


if __name__ == "__main__":
    # A program beside labdeploy is reached from this machine only; in an image HOST is 0.0.0.0.
    port = os.environ.get("PORT") or os.environ.get("SAGEMAKER_BIND_TO_PORT") or "8080"
    address = (os.environ.get("HOST", "127.0.0.1"), int(port))
    ThreadingHTTPServer(address, Server).serve_forever()
