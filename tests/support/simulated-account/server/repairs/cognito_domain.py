"""A sign-in domain loses which version of the managed pages it has."""

from moto.cognitoidp.models import CognitoIdpUserPoolDomain
from moto.cognitoidp.responses import CognitoIdpResponse

create_user_pool_domain = CognitoIdpResponse.create_user_pool_domain
update_user_pool_domain = CognitoIdpResponse.update_user_pool_domain
describe = CognitoIdpUserPoolDomain.to_json


def keep_version(response):
    domain = response.backend.user_pool_domains[response._get_param("Domain")]
    domain.managed_login_version = response._get_param("ManagedLoginVersion") or 1


def create_with_version(response):
    answer = create_user_pool_domain(response)
    keep_version(response)
    return answer


def update_with_version(response):
    answer = update_user_pool_domain(response)
    keep_version(response)
    return answer


def describe_with_version(domain, extended=True):
    described = describe(domain, extended)
    return {**described, "ManagedLoginVersion": domain.managed_login_version} if extended else described


def apply():
    CognitoIdpResponse.create_user_pool_domain = create_with_version
    CognitoIdpResponse.update_user_pool_domain = update_with_version
    CognitoIdpUserPoolDomain.to_json = describe_with_version
