"""A distribution loses parts of its configuration, in a list all of it, and its ARN a colon; functions and response headers
policies are missing, and so is the error of whoever removes an access control that is not there."""

from copy import deepcopy

from moto.cloudfront.exceptions import CloudFrontException
from moto.cloudfront.models import CloudFrontBackend, Distribution, DistributionConfig
from moto.cloudfront.responses import CloudFrontResponse
from moto.cloudfront.urls import url_paths
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

API = "{0}/2020-05-31/"
PATHS = (
    "function$",
    "function/(?P<name>[^/]+)$",
    "function/(?P<name>[^/]+)/describe$",
    "function/(?P<name>[^/]+)/publish$",
    "response-headers-policy$",
    "response-headers-policy/(?P<id>[^/]+)$",
    "response-headers-policy/(?P<id>[^/]+)/config$",
)
KEPT_AS_GIVEN = ("CacheBehaviors", "DefaultCacheBehavior", "Origins", "ViewerCertificate")

read_configuration = DistributionConfig.__init__


def read_whole_configuration(distribution, config):
    given = deepcopy(config)
    read_configuration(distribution, config)
    for part in KEPT_AS_GIVEN:
        if part in given:
            setattr(distribution, part, given[part])


create_distribution = Distribution.__init__


def create_distribution_with_arn(distribution, account_id, region_name, config):
    create_distribution(distribution, account_id, region_name, config)
    distribution.arn = distribution.arn.replace(f"cloudfront:{account_id}", f"cloudfront::{account_id}")


def list_distributions(response):
    items = [
        {
            **vars(distribution.distribution_config),
            "Id": distribution.id,
            "ARN": distribution.arn,
            "Status": distribution.status,
            "DomainName": distribution.domain_name,
            "LastModifiedTime": distribution.last_modified_time,
        }
        for distribution in response.backend.list_distributions()
    ]
    return ActionResult({"DistributionList": {"MaxItems": 100, "Quantity": len(items), "Items": items or None}})


def new_id():
    return mock_random.get_random_string(length=14).upper()


def kept(response, kind):
    """Objects of a kind by their name or id; forgotten with the backend when moto is reset."""
    return response.backend.__dict__.setdefault(kind, {})


remove_access_control = CloudFrontBackend.delete_origin_access_control


def remove_known_access_control(backend, control_id):
    backend.get_origin_access_control(control_id)  # raises AWS's error where there is none
    remove_access_control(backend, control_id)


# A function has a DEVELOPMENT stage and, once published, a LIVE one.


def stages_of(response):
    name = response._get_param("Name")
    if name not in kept(response, "functions"):
        raise CloudFrontException("NoSuchFunctionExists", name)
    return kept(response, "functions")[name]


def stage_of(response):
    wanted = response._get_param("Stage") or "DEVELOPMENT"
    stages = stages_of(response)
    if wanted not in stages:
        raise CloudFrontException("NoSuchFunctionExists", wanted)
    return stages[wanted]


def function_answer(response, version):
    name = response._get_param("Name")
    return ActionResult(
        {
            "ETag": version["etag"],
            "Location": f"/2020-05-31/function/{name}",
            "FunctionSummary": {
                "Name": name,
                "Status": version["status"],
                "FunctionConfig": version["config"],
                "FunctionMetadata": {
                    "FunctionARN": f"arn:aws:cloudfront::{response.current_account}:function/{name}",
                    "Stage": version["stage"],
                    "CreatedTime": version["created"],
                    "LastModifiedTime": version["changed"],
                },
            },
        }
    )


def save_function(response):
    stages = kept(response, "functions").setdefault(response._get_param("Name"), {})
    now = utcnow()
    stages["DEVELOPMENT"] = {
        "config": response._get_param("FunctionConfig"),
        "code": response._get_param("FunctionCode"),
        "created": stages.get("DEVELOPMENT", {}).get("created", now),
        "changed": now,
        "etag": new_id(),
        "stage": "DEVELOPMENT",
        "status": "UNPUBLISHED",
    }
    return function_answer(response, stages["DEVELOPMENT"])


def describe_function(response):
    return function_answer(response, stage_of(response))


def get_function(response):
    version = stage_of(response)
    code = version["code"]
    headers = {"ETag": version["etag"], "Content-Type": "application/octet-stream"}
    return 200, headers, code if isinstance(code, bytes) else code.encode()


def publish_function(response):
    stages = stages_of(response)
    stages["DEVELOPMENT"]["status"] = "UNASSOCIATED"
    stages["LIVE"] = {**stages["DEVELOPMENT"], "stage": "LIVE", "etag": new_id()}
    return function_answer(response, stages["LIVE"])


def delete_function(response):
    stages_of(response)
    del kept(response, "functions")[response._get_param("Name")]
    return EmptyResult()


def described_headers_policy(policy_id, policy):
    return {
        "Id": policy_id,
        "LastModifiedTime": policy["changed"],
        "ResponseHeadersPolicyConfig": policy["config"],
    }


def headers_policy_answer(response, policy_id):
    policies = kept(response, "response_headers_policies")
    if policy_id not in policies:
        raise CloudFrontException("NoSuchResponseHeadersPolicy", policy_id)
    policy = policies[policy_id]
    return ActionResult(
        {
            "ETag": policy["etag"],
            "Location": f"/2020-05-31/response-headers-policy/{policy_id}",
            "ResponseHeadersPolicyConfig": policy["config"],
            "ResponseHeadersPolicy": described_headers_policy(policy_id, policy),
        }
    )


def list_headers_policies(response):
    """Those of the account itself: who asks for all gets AWS's own as well, which nobody here asks for."""
    items = [
        {"Type": "custom", "ResponseHeadersPolicy": described_headers_policy(policy_id, policy)}
        for policy_id, policy in kept(response, "response_headers_policies").items()
    ]
    return ActionResult({"ResponseHeadersPolicyList": {"MaxItems": 100, "Quantity": len(items), "Items": items}})


def save_headers_policy(response):
    policy_id = response._get_param("Id") or new_id()
    kept(response, "response_headers_policies")[policy_id] = {
        "config": response._get_param("ResponseHeadersPolicyConfig"),
        "etag": new_id(),
        "changed": utcnow(),
    }
    return headers_policy_answer(response, policy_id)


def get_headers_policy(response):
    return headers_policy_answer(response, response._get_param("Id"))


def delete_headers_policy(response):
    get_headers_policy(response)  # raises AWS's error where there is none
    del kept(response, "response_headers_policies")[response._get_param("Id")]
    return EmptyResult()


def apply():
    CloudFrontBackend.delete_origin_access_control = remove_known_access_control
    Distribution.__init__ = create_distribution_with_arn
    DistributionConfig.__init__ = read_whole_configuration
    for path in PATHS:
        url_paths[API + path] = CloudFrontResponse.dispatch
    CloudFrontResponse.list_distributions = list_distributions
    CloudFrontResponse.create_function = save_function
    CloudFrontResponse.update_function = save_function
    CloudFrontResponse.describe_function = describe_function
    CloudFrontResponse.get_function = get_function
    CloudFrontResponse.publish_function = publish_function
    CloudFrontResponse.delete_function = delete_function
    CloudFrontResponse.create_response_headers_policy = save_headers_policy
    CloudFrontResponse.update_response_headers_policy = save_headers_policy
    CloudFrontResponse.get_response_headers_policy = get_headers_policy
    CloudFrontResponse.get_response_headers_policy_config = get_headers_policy
    CloudFrontResponse.list_response_headers_policies = list_headers_policies
    CloudFrontResponse.delete_response_headers_policy = delete_headers_policy
