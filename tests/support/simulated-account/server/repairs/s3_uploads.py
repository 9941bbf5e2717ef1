"""An upload in parts belongs to its key, and is not found when it is unknown or has ended: moto looks at its id alone, and
fails without one. A GET may name the type and the disposition of its answer; moto ignores them."""

from moto.s3.exceptions import NoSuchUpload
from moto.s3.responses import S3Response

of_upload = ("list_parts", "upload_part", "upload_part_copy", "abort_multipart_upload")
get_object = S3Response.get_object


def belonging(method):
    def checked(response):
        upload_id = response._get_param("uploadId")
        upload = response.backend.get_bucket(response.bucket_name).multiparts.get(upload_id)
        if upload is None or upload.key_name != response.parse_key_name():
            raise NoSuchUpload(upload_id=upload_id)
        return method(response)

    return checked


def get_object_as_asked(response):
    status, headers, body = get_object(response)
    for name in ("content-type", "content-disposition"):
        value = response.querystring.get(f"response-{name}", [None])[0]
        if value and status in (200, 206):
            headers[name] = value
    return status, headers, body


def apply():
    for name in of_upload:
        setattr(S3Response, name, belonging(getattr(S3Response, name)))
    S3Response.get_object = get_object_as_asked
