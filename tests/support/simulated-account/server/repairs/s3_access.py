"""Of a bucket's policy moto takes each Deny for met, whatever its condition. Who may do what is judged before a request
comes here, by the authoriser, so moto judges nothing."""

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket


def judge_nothing(_bucket, _action, _resource):
    return PermissionResult.NEUTRAL


def apply():
    FakeBucket.get_permission = judge_nothing
