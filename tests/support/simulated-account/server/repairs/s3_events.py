"""Events of S3 as AWS sends them: slashes of a key are not escaped, each has a sequencer and a version, and a completed
multipart upload sends one event, not two. A bucket whose events go to EventBridge says so when it is asked."""

import itertools
import threading
import time
from urllib.parse import quote_plus
from xml.etree import ElementTree

from moto.s3 import notifications
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

build_event = notifications._get_s3_event
send_event = notifications.send_event
complete_multipart_upload = S3Backend.complete_multipart_upload
get_bucket_notification = S3Response.get_bucket_notification

started_ms = int(time.time() * 1000)
events = itertools.count(1)
this_thread = threading.local()


def build_event_like_aws(event_name, bucket, key, notification_id):
    event = build_event(event_name, bucket, key, notification_id)
    record = event["Records"][0]
    record["eventTime"] = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    record["userIdentity"] = {"principalId": "AWS:EXAMPLE"}
    record["s3"]["bucket"]["ownerIdentity"] = {"principalId": "EXAMPLE"}
    entry = record["s3"]["object"]
    entry["key"] = quote_plus(key.name, safe="/")
    entry["sequencer"] = f"{started_ms * 100_000 + next(events):018X}"  # larger: later
    if key.version_id not in (None, "null"):
        entry["versionId"] = key.version_id
    return event


def send_event_once(account_id, event_name, bucket, key):
    put = notifications.S3NotificationEvent.OBJECT_CREATED_PUT_EVENT
    if event_name == put and getattr(this_thread, "completes_upload", False):
        return
    send_event(account_id, event_name, bucket, key)


def complete_with_one_event(backend, *args, **named):
    this_thread.completes_upload = True
    try:
        return complete_multipart_upload(backend, *args, **named)
    finally:
        this_thread.completes_upload = False


def get_with_event_bridge(response):
    status, headers, body = get_bucket_notification(response)
    configuration = response.backend.get_bucket_notification_configuration(response.bucket_name)
    if configuration is None or configuration.event_bridge is None:
        return status, headers, body
    root = ElementTree.fromstring(body)
    space = root.tag[1:].partition("}")[0]
    ElementTree.SubElement(root, f"{{{space}}}EventBridgeConfiguration")
    return status, headers, ElementTree.tostring(root, encoding="unicode", default_namespace=space)


def apply():
    notifications._get_s3_event = build_event_like_aws
    notifications.send_event = send_event_once
    S3Backend.complete_multipart_upload = complete_with_one_event
    S3Response.get_bucket_notification = get_with_event_bridge
