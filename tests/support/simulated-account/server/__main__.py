"""The APIs of an AWS account, by moto, with the repairs that labdeploy's stack needs.

    python tests/support/simulated-account/server

Prints the port it listens on as its first line. Ends when its standard input does, so that it cannot outlive the test
that started it.
"""

import os
import sys
import threading

os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "true"  # preflights are answered by the bucket's own rules

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

import queue_clock
import repairs
from repairs.batch import with_jobs
from repairs.codebuild import with_builds
from repairs.s3_restores import with_restores


class QuietHandler(WSGIRequestHandler):
    """Says what went wrong, not what was asked."""

    def log_request(self, *_):
        pass


def end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    application = queue_clock.with_clock(DomainDispatcherApplication(create_backend_app))
    application = with_restores(with_builds(with_jobs(application)))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=QuietHandler)
    repairs.apply(origin=f"http://127.0.0.1:{server.port}")
    threading.Thread(target=end_with_parent, daemon=True).start()
    print(server.port, flush=True)
    server.serve_forever()


main()
