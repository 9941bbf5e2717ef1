"""A function loses where its log and its dead letters go, and changes of its tracing. A second event invoke configuration
does not replace the first. GetAccountSettings is missing."""

import json

from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.awslambda.urls import url_paths

KEPT = ("LoggingConfig", "DeadLetterConfig", "TracingConfig")

create = LambdaFunction.__init__
update_configuration = LambdaFunction.update_configuration
get_configuration = LambdaFunction.get_configuration
put_event_invoke_config = LambdaBackend.put_function_event_invoke_config


def keep(function, given):
    settings = function.__dict__.setdefault("kept_settings", {})
    settings.update({name: given[name] for name in KEPT if given.get(name)})


def create_keeping_settings(function, account_id, spec, *rest, **named):
    keep(function, spec)
    create(function, account_id, spec, *rest, **named)


def update_keeping_settings(function, changes):
    keep(function, changes)
    return update_configuration(function, changes)


def whole_configuration(function, *rest, **named):
    return {**get_configuration(function, *rest, **named), **function.kept_settings}


def replace_event_invoke_config(backend, function_name, given):
    backend.get_function(function_name).event_invoke_config = []
    return put_event_invoke_config(backend, function_name, given)


def get_account_settings(response):
    """As AWS gives most accounts."""
    return json.dumps({"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}})


def apply():
    url_paths["{0}/(?P<api_version>[^/]+)/account-settings/?$"] = LambdaResponse.dispatch
    LambdaResponse.get_account_settings = get_account_settings
    LambdaFunction.__init__ = create_keeping_settings
    LambdaFunction.update_configuration = update_keeping_settings
    LambdaFunction.get_configuration = whole_configuration
    LambdaBackend.put_function_event_invoke_config = replace_event_invoke_config
