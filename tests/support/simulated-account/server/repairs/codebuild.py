"""A build has the source and the variables that it is started with, is the same for the same token, and waits for who runs
it: moto forgets all that, says of each that it succeeded when it is first asked, and gives times as text. The newest
build is first.

    POST /builds/ID {"buildStatus": "FAILED", "phases": [...]}

says how far who runs it is."""

import json
import time

from moto.codebuild.models import CodeBuildBackend, codebuild_backends
from moto.codebuild.responses import CodeBuildResponse

start_build = CodeBuildResponse.start_build
tokens = {}


def start(response):
    token = response._get_param("idempotencyToken")
    if token is not None and token in tokens:
        return json.dumps({"build": tokens[token]})
    build = json.loads(start_build(response))["build"]
    backend = response.codebuild_backend
    known = next(each for each in history(backend) if each["id"] == build["id"])
    project = backend.codebuild_projects[build["projectName"]].project_metadata
    own = project["environment"].get("environmentVariables", [])
    given = response._get_param("environmentVariablesOverride") or []
    known["startTime"] = time.time()
    known["phases"] = [{"phaseType": "SUBMITTED", "phaseStatus": "SUCCEEDED", "durationInSeconds": 0}]
    known["source"] = {**project["source"], "location": response._get_param("sourceLocationOverride")}
    known["environment"] = {
        **project["environment"],
        "environmentVariables": list({each["name"]: each for each in own + given}.values()),
    }
    stream = build["id"].split(":")[-1]
    known["logs"] = {"groupName": project["logsConfig"]["cloudWatchLogs"]["groupName"], "streamName": stream}
    if token is not None:
        tokens[token] = known
    return json.dumps({"build": known})


def history(backend):
    return [build for builds in backend.build_metadata_history.values() for build in builds]


def batch_get_builds(backend, ids):
    return [build for build in history(backend) if build["id"] in ids]


def list_builds_for_project(backend, project_name):
    return list(reversed(backend.build_history.get(project_name, [])))


def with_builds(application):
    """The application, and beside it what becomes of builds."""

    def answer(environ, start_response):
        _, path, *build_id = environ["PATH_INFO"].split("/")
        if path != "builds":
            return application(environ, start_response)
        backends = [backend for account in codebuild_backends.values() for backend in account.values()]
        [build] = [each for backend in backends for each in history(backend) if each["id"] == build_id[0]]
        build.update(json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))))
        start_response("204 No Content", [])
        return []

    return answer


def apply():
    CodeBuildResponse.start_build = start
    CodeBuildBackend.batch_get_builds = batch_get_builds
    CodeBuildBackend.list_builds_for_project = list_builds_for_project
