"""UpdateStage is missing."""

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


def apply():
    ApiGatewayV2Response.update_stage = update_stage
