"""A pool that is updated loses what no update can change, and its tags where none are given."""

from moto.cognitoidp.models import CognitoIdpUserPool

FIXED = ("AliasAttributes", "UserPoolTags", "UsernameAttributes", "UsernameConfiguration")

update_extended_config = CognitoIdpUserPool.update_extended_config


def update_keeping_fixed(pool, given):
    before = pool.__dict__.get("extended_config", {})
    update_extended_config(pool, given)
    for name in FIXED:
        if not given.get(name) and name in before:
            pool.extended_config[name] = before[name]


def apply():
    CognitoIdpUserPool.update_extended_config = update_keeping_fixed
