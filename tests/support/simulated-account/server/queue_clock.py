"""The time that queues go by: the machine's, until a test stops it. Then it passes only as the test lets it, so that a
message is hidden as long as the test says, however busy the machine is.

    POST /queue-clock?SECONDS

stops it, where it goes, and lets so many seconds pass.

    POST /queue-clock/ahead?SECONDS

puts it ahead by so many, and it goes on: for who waits at a queue for a message to come.
"""

import threading
import time

PATH = "/queue-clock"
AHEAD = "/queue-clock/ahead"

lock = threading.Lock()
stopped = None
ahead = 0.0


def seconds():
    if stopped is None:
        return time.time() + ahead
    let_pass(1e-6)  # a message that is hidden for no time is visible to who asks next, which is later
    return stopped


def milliseconds():
    return seconds() * 1000


def let_pass(some):
    global stopped
    with lock:
        stopped = (time.time() + ahead if stopped is None else stopped) + some


def put_ahead(some):
    global ahead
    with lock:
        ahead += some


def with_clock(application):
    """The application, and the clock beside it."""

    def answer(environ, start_response):
        change = {PATH: let_pass, AHEAD: put_ahead}.get(environ["PATH_INFO"])
        if change is None:
            return application(environ, start_response)
        change(float(environ["QUERY_STRING"]))
        start_response("204 No Content", [])
        return []

    return answer
