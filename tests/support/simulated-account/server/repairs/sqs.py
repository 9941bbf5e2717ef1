"""A queue loses its policy when any other attribute is set, and its redrive policy comes back with blanks that AWS does
not put in, which the deployment takes for a change. Which queues may use it for their dead letters is kept, but never
told, and the deployment waits for it. Tests can stop its clock."""

import json

import queue_clock
from moto.sqs import models
from moto.sqs.models import Queue

set_attributes = Queue._set_attributes
attributes = Queue.attributes.fget


def set_attributes_keeping_policy(queue, given, now=None):
    policy = getattr(queue, "policy", None)
    set_attributes(queue, given, now)
    if "Policy" not in given:
        queue.policy = policy


def attributes_like_aws(queue):
    found = attributes(queue)
    if found.get("RedrivePolicy"):
        found["RedrivePolicy"] = json.dumps(queue.redrive_policy, separators=(",", ":"))
    allowed = getattr(queue, "redrive_allow_policy", None)
    if allowed:
        found["RedriveAllowPolicy"] = allowed
    return found


def apply():
    Queue._set_attributes = set_attributes_keeping_policy
    Queue.attributes = property(attributes_like_aws)
    models.unix_time = queue_clock.seconds
    models.unix_time_millis = queue_clock.milliseconds
