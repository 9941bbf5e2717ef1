"""A TransactWriteItems that fails puts the table back as it was, with what others wrote meanwhile: one call at a time."""

import threading

from moto.dynamodb.responses import DynamoHandler

call_action = DynamoHandler.call_action
one_at_a_time = threading.RLock()


def call_alone(handler):
    with one_at_a_time:
        return call_action(handler)


def apply():
    DynamoHandler.call_action = call_alone
