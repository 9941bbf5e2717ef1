"""The tags that an identity is made with are filed under an ARN that nobody asks for."""

from moto.sesv2.models import SESV2Backend

create_email_identity = SESV2Backend.create_email_identity


def create_tagged_email_identity(backend, email_identity, tags, *rest, **named):
    if tags:
        arn = f"arn:aws:ses:{backend.region_name}:{backend.account_id}:identity/{email_identity}"
        backend.tag_resource(arn, tags)
    return create_email_identity(backend, email_identity, tags, *rest, **named)


def apply():
    SESV2Backend.create_email_identity = create_tagged_email_identity
