"""A compute environment without a service role has the role that AWS makes for Batch itself, and a job waits for who runs
it: moto starts a container of Docker.

    POST /batch-jobs/ID?STATUS

says how far who runs it is."""

from moto.batch.models import BatchBackend, Job, batch_backends
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


def terminate(job, reason):
    if job.status not in ("SUCCEEDED", "FAILED"):
        job.status = "FAILED"
        job.job_stopped_reason = reason


def with_jobs(application):
    """The application, and beside it what becomes of jobs."""

    def answer(environ, start_response):
        _, path, *job_id = environ["PATH_INFO"].split("/")
        if path != "batch-jobs":
            return application(environ, start_response)
        backends = [backend for account in batch_backends.values() for backend in account.values()]
        [job] = [backend._jobs[job_id[0]] for backend in backends if job_id[0] in backend._jobs]
        job.status = environ["QUERY_STRING"]
        start_response("204 No Content", [])
        return []

    return answer


def apply():
    BatchBackend.create_compute_environment = create
    IAMBackend.get_role_by_arn = role_by_arn
    Job.start = start
    Job.terminate = terminate
