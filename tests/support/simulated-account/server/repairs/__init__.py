"""What moto 5.2.1 lacks or has wrong for labdeploy's stack, one service a module. Each says what AWS does instead."""

from . import (
    apigatewayv2,
    batch,
    budgets,
    cloudfront,
    codebuild,
    cognito_domain,
    cognito_pool,
    dynamodb,
    lambda_functions,
    lambda_settings,
    s3_access,
    s3_checksums,
    s3_events,
    s3_restores,
    s3_uploads,
    s3_versions,
    sesv2,
    sqs,
)

REPAIRS = (
    apigatewayv2,
    batch,
    budgets,
    cloudfront,
    codebuild,
    cognito_domain,
    cognito_pool,
    dynamodb,
    lambda_settings,
    s3_access,
    s3_checksums,
    s3_events,
    s3_restores,
    s3_uploads,
    s3_versions,
    sesv2,
    sqs,
)


def apply(origin):
    """Mends moto in this process, which answers at `origin`. Once, before the first request."""
    for repair in REPAIRS:
        repair.apply()
    lambda_functions.apply(origin)
