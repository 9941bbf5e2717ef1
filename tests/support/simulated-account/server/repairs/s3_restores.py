"""moto restores an archived object at once, whatever the tier, and never refuses. Once a test holds restores, each goes on
until the test ends it, which S3 announces; a second request meanwhile is refused, and so are expedited ones, for which
there is no capacity.

    POST /restores/hold

holds them.

    POST /restores/end

ends those that go on, and answers what was asked for: key, tier and the status of the answer of each request, as JSON."""

import json
import time

import xmltodict
from moto.core import DEFAULT_ACCOUNT_ID
from moto.moto_api import state_manager
from moto.s3 import notifications
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

IN_PROGRESS = 409, "RestoreAlreadyInProgress", "Object restore is already in progress"
NO_CAPACITY = (
    503,
    "GlacierExpeditedRetrievalNotAvailable",
    "Glacier expedited retrievals are currently not available, please try again later",
)

post_key = S3Response._key_response_post
restore_object = S3Backend.restore_object

holding = False
asked = []
going_on = []


def post_key_with_tier(response, request, body, bucket_name, query, key_name):
    if not holding or "restore" not in query:
        return post_key(response, request, body, bucket_name, query, key_name)
    given = xmltodict.parse(body)["RestoreRequest"]
    tier = (given.get("GlacierJobParameters") or {}).get("Tier") or "Standard"
    refusal = refusal_of(response.backend, bucket_name, key_name, tier)
    answer = post_key(response, request, body, bucket_name, query, key_name) if refusal is None else error(*refusal)
    asked.append({"key": key_name, "tier": tier, "status": answer[0]})
    return answer


def refusal_of(backend, bucket_name, key_name, tier):
    key = backend.head_object(bucket_name, key_name)
    if key is None or key.storage_class != "GLACIER":
        return None  # moto refuses it
    if key.expiry_date is not None and key.status == "IN_PROGRESS":
        return IN_PROGRESS
    return NO_CAPACITY if tier == "Expedited" else None


def error(status, code, message):
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return status, {"Content-Type": "application/xml"}, body


def restore_later(backend, bucket_name, key_name, *rest):
    again = restore_object(backend, bucket_name, key_name, *rest)
    if holding and not again:
        key = backend.get_object(bucket_name, key_name)
        key.status = "IN_PROGRESS"
        going_on.append((backend.get_bucket(bucket_name), key))
    return again


def telling_of_restores(build_event):
    def build(event_name, bucket, key, notification_id):
        event = build_event(event_name, bucket, key, notification_id)
        if event_name == "s3:ObjectRestore:Completed":
            event["Records"][0]["glacierEventData"] = {
                "restoreEventData": {
                    "lifecycleRestorationExpiryTime": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", key._expiry.timetuple()),
                    "lifecycleRestoreStorageClass": key.storage_class,
                }
            }
        return event

    return build


def hold():
    global holding
    holding = True
    state_manager.set_transition("s3::keyrestore", {"progression": "manual", "times": 10**9})


def end():
    for bucket, key in going_on:
        key.status = "RESTORED"
        completed = notifications.S3NotificationEvent.OBJECT_RESTORE_COMPLETED_EVENT
        notifications.send_event(DEFAULT_ACCOUNT_ID, completed, bucket, key)
    going_on.clear()
    answered = [*asked]
    asked.clear()
    return answered


def with_restores(application):
    """The application, and beside it what becomes of restores."""

    def answer(environ, start_response):
        path = environ["PATH_INFO"]
        if path == "/restores/hold":
            hold()
            start_response("204 No Content", [])
            return []
        if path == "/restores/end":
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(end()).encode()]
        return application(environ, start_response)

    return answer


def apply():
    """After s3_events, whose event this one adds to."""
    S3Response._key_response_post = post_key_with_tier
    S3Backend.restore_object = restore_later
    notifications._get_s3_event = telling_of_restores(notifications._get_s3_event)
