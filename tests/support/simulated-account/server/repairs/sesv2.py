"""The tags that an identity is made with are filed under an ARN that nobody asks for. GetAccount is missing."""

import json

from moto.sesv2.models import SESV2Backend
from moto.sesv2.responses import SESV2Response
from moto.sesv2.urls import url_paths

create_email_identity = SESV2Backend.create_email_identity


def create_tagged_email_identity(backend, email_identity, tags, *rest, **named):
    if tags:
        arn = f"arn:aws:ses:{backend.region_name}:{backend.account_id}:identity/{email_identity}"
        backend.tag_resource(arn, tags)
    return create_email_identity(backend, email_identity, tags, *rest, **named)


def get_account(response):
    """A new account is in the sandbox."""
    return json.dumps({"SendingEnabled": True, "ProductionAccessEnabled": False, "EnforcementStatus": "HEALTHY"})


def apply():
    url_paths["{0}/v2/email/account$"] = SESV2Response.dispatch
    SESV2Response.get_account = get_account
    SESV2Backend.create_email_identity = create_tagged_email_identity
