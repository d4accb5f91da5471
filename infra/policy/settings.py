"""Rules about settings: what the programs read from their environment can be said where they are deployed, and is what they would take
anyway.

`server/src/settings.rs` lists every setting with its default and who reads it; a test there holds that list against the code.
"""

import functools
import pathlib
import re

from template import NO_VALUE, branches, resources

ROOT = pathlib.Path(__file__).parent.parent.parent

SERVERS = "for servers of one's own"
LAMBDA = "Lambda sets it"

# Which part of the programs each function and task is.
PARTS = {"Api": "api", "WorkerQuick": "worker", "WorkerLong": "worker", "HeavyTask": "worker", "Cron": "cron", "Migrate": "migrate"}

# Read by functions, and by no program of servers.
OF_FUNCTIONS = {
    "DATABASE_LOGIN": set(PARTS),
    "SCHEDULER_GROUP": {"Cron"},
    "SCHEDULER_ROLE_ARN": {"Cron"},
    "SCHEDULER_TARGET_ARN": {"Cron"},
    "SCHEDULER_DEAD_LETTER_ARN": {"Cron"},
    "SCHEDULER_KEY_ARN": {"Cron"},
}

# Set so that a new value changes every function.
READ_BY_NOBODY = {"DIVBASE_RELEASE"}

# Settings that the template leaves alone, and why: what `docs/operations.md` says of them.
LEFT_ALONE = {
    "AWS_ACCESS_KEY_ID": LAMBDA,
    "AWS_SECRET_ACCESS_KEY": LAMBDA,
    "AWS_REGION": LAMBDA,
    "DATABASE_CONNECTIONS": "a function has one, a heavy worker 16",
    "DIVBASE_BODY_SECONDS": "the gateway hands over whole requests",
    "DIVBASE_COMPARE_SECONDS": "buckets tell of their changes",
    "DIVBASE_COMPOSE_BYTES": "for tests",
    "DIVBASE_EVENTS_QUEUE_URL": "a function is called with its messages",
    "DIVBASE_HEADER_SECONDS": "the gateway hands over whole requests",
    "DIVBASE_LISTEN": SERVERS,
    "DIVBASE_PASSWORD_HASHES": "an environment answers one request at a time",
    "DIVBASE_SHUTDOWN_SECONDS": SERVERS,
    "DIVBASE_WINDOWS": "for tests",
    "DIVBASE_WORKER_LANES": "a function for each queue",
    "DIVBASE_WORK_DIR": "`/tmp`; the image says `/work`",
    "METRICS_ADDRESS": "metrics go to CloudWatch",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "traces go to X-Ray",
    "OTEL_EXPORTER_OTLP_HEADERS": "traces go to X-Ray",
    "OTEL_SERVICE_NAME": "traces go to X-Ray",
    "QUEUE_TRANSPORT": "`sqs`, which calls the functions",
    "S3_ENDPOINT_URL": "S3 of the same region",
    "S3_LARGEST_COPY_BYTES": "that of S3",
    "S3_PRESIGNING_URL": "S3 of the same region",
    "S3_URL_SESSION_SECONDS": "3600 is the most of a role that a role takes on",
    "TASK_LEASE_SECONDS": "goes with the timeouts of the queues",
}

# The same for some who would read them.
LEFT_ALONE_BY = {
    ("FIRST_ADMIN_EMAIL", "Api"): "the migration makes the administrator",
    ("FIRST_ADMIN_PASSWORD", "Api"): "the migration makes the administrator",
    ("AWS_ENDPOINT_URL", "HeavyTask"): "emulators run no heavy workers",
    ("DIVBASE_BCFTOOLS", "HeavyTask"): "the image says where it is",
} | {
    (name, reader): "letters and URLs of members are sent by quick tasks"
    for name in ("DIVBASE_MAIL_FROM", "DIVBASE_PUBLIC_API_URL", "DIVBASE_SMTP_URL", "S3_URL_ROLE_ARN")
    for reader in ("WorkerLong", "HeavyTask")
} | {
    (name, "HeavyTask"): "costs are told by the API"
    for name in ("DIVBASE_WORKER_GB", "DIVBASE_PRICE_GB_SECOND", "DIVBASE_PRICE_MILLION_READS")
}

# Parameters whose defaults are not those of the code, and why.
OTHER_DEFAULTS = {
    "RequestsPerSecond": "a caller of a function costs money",
    "BcftoolsPath": "the place of the layer",
}


@functools.cache
def listed():
    """Name, readers and default of each setting of the programs for servers."""
    text = (ROOT / "server/src/settings.rs").read_text(encoding="utf-8")
    rows = re.findall(r'^    of\("(\w+)", "([^"]*)", "([^"]*)"', text, re.M)
    return {name: (set(PARTS.values()) if parts == "all" else set(parts.split(", ")), default) for name, parts, default in rows}


def environments(template):
    """Name and value of what each function and task of the programs is told."""
    shared = template["Globals"]["Function"]["Environment"]["Variables"]
    found = {}
    for name, function in resources(template, "AWS::Serverless::Function"):
        found[name] = shared | function.get("Environment", {}).get("Variables", {})
    for name, task in resources(template, "AWS::ECS::TaskDefinition"):
        container = task["ContainerDefinitions"][0]
        told = {each["Name"]: each["Value"] for each in container["Environment"]}
        found[name] = told | {each["Name"]: each["ValueFrom"] for each in container["Secrets"]}
    return found


def readers(name):
    """The functions and tasks that read a setting."""
    if name in OF_FUNCTIONS:
        return OF_FUNCTIONS[name]
    parts, _ = listed().get(name, (set(), ""))
    return {reader for reader, part in PARTS.items() if part in parts}


def _is_whole(template):
    return "Api" in template["Resources"]


def settings_can_be_set(template):
    if not _is_whole(template):
        return
    told = environments(template)
    for name in sorted({*listed(), *OF_FUNCTIONS}):
        for reader in sorted(readers(name)):
            left = name in LEFT_ALONE or (name, reader) in LEFT_ALONE_BY
            if name not in told[reader] and not left:
                yield f"{reader}: {name} cannot be set, and nothing says why"
            if name in told[reader] and left:
                yield f"{reader}: {name} is set, and something says why it is not"


def what_is_set_is_read(template):
    if not _is_whole(template):
        return
    for reader, told in environments(template).items():
        for name in sorted(told):
            if name not in READ_BY_NOBODY and not readers(name):
                yield f"{reader}: nobody reads {name}"


def parameters_of(value):
    """The parameters that a value is made of; those of its conditions are not looked at."""
    if isinstance(value, dict):
        if set(value) == {"Ref"}:
            return {value["Ref"]}
        if set(value) == {"Fn::If"}:
            return set().union(*(parameters_of(each) for each in branches(value)))
        if set(value) == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
            return set(re.findall(r"\$\{(\w+)\}", value["Fn::Sub"]))
    return set()


def defaults_are_those_of_the_code(template):
    if not _is_whole(template):
        return
    for reader, told in environments(template).items():
        for name, value in told.items():
            for branch in branches(value):
                parameter = branch.get("Ref") if isinstance(branch, dict) else None
                if branch == NO_VALUE or parameter not in template["Parameters"] or parameter in OTHER_DEFAULTS:
                    continue
                ours, theirs = template["Parameters"][parameter].get("Default"), listed().get(name, (set(), ""))[1]
                if theirs and ours not in (None, "") and str(ours) != theirs:
                    yield f"{reader}: {parameter} is {ours} if nobody says otherwise, where the code takes {theirs} for {name}"


MOST = 4096
"""Bytes that names and values of a function's environment may have together (AWS Lambda Developer Guide, quotas)."""

ARN, SECRET = 80, 120
"""How long an ARN or a queue's URL is at most here, and what stands in a secret."""

PROVIDERS = 480
"""What a list of identity providers may take besides."""


def _length(value, template):
    """Characters that a value may come to."""
    if isinstance(value, (str, int, float)):
        return len(str(value))
    if set(value) == {"Fn::If"}:
        return max(_length(each, template) for each in branches(value))
    if value == NO_VALUE:
        return 0
    if "Fn::Sub" in value and "resolve:secretsmanager" in value["Fn::Sub"]:
        return SECRET
    if "Fn::Sub" in value:
        filled = sum(_length({"Ref": each}, template) for each in re.findall(r"\$\{(\w+)\}", value["Fn::Sub"]))
        return filled + len(re.sub(r"\$\{[\w.:]+\}", "", value["Fn::Sub"]))
    parameter = template["Parameters"].get(value.get("Ref"))
    if parameter is None:
        return ARN
    return parameter.get("MaxLength", max(12, len(str(parameter.get("Default", "")))))


def environments_fit(template):
    if not _is_whole(template):
        return
    for reader, told in environments(template).items():
        size = sum(len(name) + _length(value, template) for name, value in told.items()) + (PROVIDERS if reader == "Api" else 0)
        if size > MOST:
            yield f"{reader}: its settings may come to {size} bytes, and Lambda takes {MOST}"


def told_of(name, template):
    """What `docs/operations.md` says of where a setting comes from: parameters of the template, or why there is none."""
    found = set()
    for told in environments(template).values():
        found |= parameters_of(told.get(name, NO_VALUE)) & set(template["Parameters"])
    if found:
        return ", ".join(f"`{each}`" for each in sorted(found))
    if name in LEFT_ALONE:
        return LEFT_ALONE[name]
    return "the template"


RULES = [settings_can_be_set, what_is_set_is_read, defaults_are_those_of_the_code, environments_fit]
