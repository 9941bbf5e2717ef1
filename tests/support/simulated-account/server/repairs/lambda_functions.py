"""What a runner that plays Lambda needs: moto polls the queues of enabled event source mappings itself and, without
Docker, loses their messages; and it names a host that does not exist as the place of a function's code."""

import functools

from moto.awslambda.models import LambdaFunction
from moto.core import config
from moto.dynamodb.models.table import Table
from moto.moto_api._internal.urls import url_paths
from moto.sqs.models import Queue

CODE_PATH = "/moto-api/lambda-code"

get_code = LambdaFunction.get_code
code_by_hash = {}


class NobodyListens(dict):
    """Event source mappings that moto may store but finds none of when a message comes."""

    def items(self):
        return iter(())


def leave_to_the_runner(source):
    create = source.__init__

    @functools.wraps(create)
    def create_unpolled(self, *args, **named):
        create(self, *args, **named)
        self.lambda_event_source_mappings = NobodyListens()

    source.__init__ = create_unpolled


def code_served_at(origin):
    def get_code_with_location(function):
        answer = get_code(function)
        if "Code" in answer and getattr(function, "code_bytes", None):
            name = function.code_sha_256.replace("/", "_").replace("+", "-").rstrip("=")
            code_by_hash[name] = function.code_bytes
            answer["Code"]["Location"] = f"{origin}{CODE_PATH}/{name}"
        return answer

    return get_code_with_location


def download_code(_request, full_url, _headers):
    code = code_by_hash.get(full_url.rsplit("/", 1)[1])
    return (404, {}, "") if code is None else (200, {"Content-Type": "application/zip"}, code)


def apply(origin):
    config.default_user_config["lambda"] = {"use_docker": False}
    leave_to_the_runner(Queue)
    leave_to_the_runner(Table)
    LambdaFunction.get_code = code_served_at(origin)
    url_paths["{0}" + CODE_PATH + "/(?P<sha>[^/]+)$"] = download_code
