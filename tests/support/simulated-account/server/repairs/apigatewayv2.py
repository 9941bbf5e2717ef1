"""UpdateStage and GetAuthorizers are missing."""

import json
from urllib.parse import unquote

from moto.apigatewayv2.responses import ApiGatewayV2Response


def update_stage(response):
    *_, api_id, _, name = response.path.split("/")
    api = response.apigatewayv2_backend.get_api(api_id)
    before = api.get_stage(unquote(name))
    stage = api.create_stage({**before.config, **json.loads(response.body)})
    stage.created = before.created
    return 200, {}, json.dumps(stage.to_json())


def get_authorizers(response):
    *_, api_id, _ = response.path.split("/")
    api = response.apigatewayv2_backend.get_api(api_id)
    items = [authorizer.to_json() for authorizer in api.authorizers.values()]
    return 200, {}, json.dumps({"items": items})


def apply():
    ApiGatewayV2Response.get_authorizers = get_authorizers
    ApiGatewayV2Response.update_stage = update_stage
