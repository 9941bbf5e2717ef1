"""A list of versions that is asked for with encoded keys has them as they are: who decodes them, as the deployment does
when it empties a bucket, fails on a `%`."""

from urllib.parse import quote

from moto.s3.responses import S3Response

list_object_versions = S3Response.list_object_versions


def list_encoded_versions(response):
    if response.querystring.get("encoding-type", [None])[0] != "url":
        return list_object_versions(response)
    serialized = response.serialized

    def encoded(answer):
        result = answer.result
        for entry in [*result.get("Versions", []), *result.get("DeleteMarkers", [])]:
            entry["Key"] = quote(entry["Key"])
        result["EncodingType"] = "url"
        return serialized(answer)

    response.serialized = encoded
    try:
        return list_object_versions(response)
    finally:
        del response.serialized


def apply():
    S3Response.list_object_versions = list_encoded_versions
