"""The time that queues go by: the machine's, until a test stops it. Then it passes only as the test lets it, so that a
message is hidden as long as the test says, however busy the machine is.

    POST /queue-clock?SECONDS

stops it, where it goes, and lets so many seconds pass.
"""

import threading
import time

PATH = "/queue-clock"

lock = threading.Lock()
stopped = None


def seconds():
    if stopped is None:
        return time.time()
    let_pass(1e-6)  # a message that is hidden for no time is visible to who asks next, which is later
    return stopped


def milliseconds():
    return seconds() * 1000


def let_pass(some):
    global stopped
    with lock:
        stopped = (time.time() if stopped is None else stopped) + some


def with_clock(application):
    """The application, and the clock beside it."""

    def answer(environ, start_response):
        if environ["PATH_INFO"] != PATH:
            return application(environ, start_response)
        let_pass(float(environ["QUERY_STRING"]))
        start_response("204 No Content", [])
        return []

    return answer
