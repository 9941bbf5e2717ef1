"""A compute environment without a service role has the role that AWS makes for Batch itself, and a job waits for who runs
it: moto starts a container of Docker."""

from moto.batch.models import BatchBackend, Job
from moto.iam.models import IAMBackend

OWN_ROLE = "arn:aws:iam::{account}:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"

create_compute_environment = BatchBackend.create_compute_environment
get_role_by_arn = IAMBackend.get_role_by_arn


def create(backend, compute_environment_name, _type, state, compute_resources, service_role, tags=None):
    role = service_role or OWN_ROLE.format(account=backend.account_id)
    return create_compute_environment(backend, compute_environment_name, _type, state, compute_resources, role, tags)


def role_by_arn(backend, arn):
    if arn.endswith("/batch.amazonaws.com/AWSServiceRoleForBatch"):
        return None  # of AWS: it is no role of the account's list
    return get_role_by_arn(backend, arn)


def start(job):
    job.status = "RUNNABLE"


def apply():
    BatchBackend.create_compute_environment = create
    IAMBackend.get_role_by_arn = role_by_arn
    Job.start = start
