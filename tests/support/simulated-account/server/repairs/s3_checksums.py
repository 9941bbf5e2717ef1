"""S3 refuses bytes that do not have the checksum they came with, or that their signed address names; moto stores them.
Of a multipart upload it checks the full-object checksum that its completion names."""

import base64
import hashlib
import re
import zlib

from moto.s3.exceptions import S3ClientError
from moto.s3.responses import S3Response

TRAILER = re.compile(rb"\r\nx-amz-checksum-(crc32|sha1|sha256):(\S+)\s*$")

put_object = S3Response.put_object
upload_part = S3Response.upload_part
complete_multipart_body = S3Response._complete_multipart_body


def checksum(algorithm, chunks):
    if algorithm == "crc32":
        value = 0
        for chunk in chunks:
            value = zlib.crc32(chunk, value)
        return base64.b64encode(value.to_bytes(4, "big")).decode()
    digest = hashlib.new(algorithm)
    for chunk in chunks:
        digest.update(chunk)
    return base64.b64encode(digest.digest()).decode()


def promised(response):
    """Algorithm and value of each checksum of the request: in its headers, its signed address or behind its body."""
    for algorithm in ("crc32", "sha1", "sha256"):
        name = f"x-amz-checksum-{algorithm}"
        value = response.headers.get(name) or response.querystring.get(name, [None])[0]
        if value:
            yield algorithm, value
    if "x-amz-trailer" in response.headers and (trailer := TRAILER.search(response.raw_body[-200:])):
        yield trailer[1].decode(), trailer[2].decode()


def refuse_other_bytes(response, chunks):
    chunks = list(chunks)
    for algorithm, value in promised(response):
        if checksum(algorithm, chunks) != value:
            name = algorithm.upper()
            raise S3ClientError("BadDigest", f"The {name} you specified did not match the calculated checksum.")


def put_checked_object(response):
    refuse_other_bytes(response, [response.body or b""])
    return put_object(response)


def upload_checked_part(response):
    refuse_other_bytes(response, [response.body or b""])
    return upload_part(response)


def complete_checked_body(response, body):
    listed = list(complete_multipart_body(response, body))
    uploads = response.backend.get_bucket(response.bucket_name).multiparts
    upload = uploads.get(response.querystring["uploadId"][0])
    if upload is not None and upload.metadata.get("x-amz-checksum-type") == "FULL_OBJECT":
        refuse_other_bytes(response, (upload.parts[number].value for number, _ in listed if number in upload.parts))
    return listed


def apply():
    S3Response.put_object = put_checked_object
    S3Response.upload_part = upload_checked_part
    S3Response._complete_multipart_body = complete_checked_body
