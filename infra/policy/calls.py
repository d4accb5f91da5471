"""Which rights the code needs: every call of an AWS SDK in the Rust sources, and the roles that make it.

Calls are found in the text. Those of the object store stand in `shared/storage`, behind methods of `Store`, `RangeReader`
and `StreamingUpload`; those of the queues in `shared/tasks`, behind `Queues` and `Sender`; those of the scheduler in the
mirror. Who makes a call is said by `STORE_USERS` for each file that uses a method of the store, and by the tables below
for the others. A call that no table knows, and a file that none names, is an error: whoever adds one says whose it is.
"""

import functools
import pathlib
import re

ROOT = pathlib.Path(__file__).parent.parent.parent

API, QUICK, LONG, HEAVY, CRON = "ApiRole", "WorkerQuickRole", "WorkerLongRole", "HeavyRole", "CronRole"
ROLES = (API, QUICK, LONG, HEAVY, CRON)

BUCKET, OBJECT, ANY = "bucket", "object", "*"

# The methods of the SDK's clients and the rights that AWS asks for them (Service Authorization Reference). A read of a
# key that does not exist is answered 404 only to who may list the bucket, otherwise 403.
STORE_CALLS = {
    "abort_multipart_upload": [("s3:AbortMultipartUpload", OBJECT)],
    "complete_multipart_upload": [("s3:PutObject", OBJECT)],
    "copy_object": [("s3:PutObject", OBJECT), ("s3:GetObjectVersion", OBJECT)],
    "create_bucket": [("s3:CreateBucket", BUCKET)],
    "create_multipart_upload": [("s3:PutObject", OBJECT)],
    "delete_bucket": [("s3:DeleteBucket", BUCKET)],
    "delete_object": [("s3:DeleteObject", OBJECT)],
    "delete_object of a version": [("s3:DeleteObjectVersion", OBJECT)],
    # Given versions only.
    "delete_objects": [("s3:DeleteObjectVersion", OBJECT)],
    "get_bucket_cors": [("s3:GetBucketCORS", BUCKET)],
    "get_bucket_policy": [("s3:GetBucketPolicy", BUCKET)],
    "get_bucket_notification_configuration": [("s3:GetBucketNotification", BUCKET)],
    "get_object": [("s3:GetObject", OBJECT), ("s3:GetObjectVersion", OBJECT), ("s3:ListBucket", BUCKET)],
    "head_bucket": [("s3:ListBucket", BUCKET)],
    "head_object": [("s3:GetObject", OBJECT), ("s3:GetObjectVersion", OBJECT), ("s3:ListBucket", BUCKET)],
    "list_buckets": [("s3:ListAllMyBuckets", ANY)],
    "list_multipart_uploads": [("s3:ListBucketMultipartUploads", BUCKET)],
    "list_object_versions": [("s3:ListBucketVersions", BUCKET)],
    "list_objects_v2": [("s3:ListBucket", BUCKET)],
    "list_parts": [("s3:ListMultipartUploadParts", OBJECT)],
    "put_bucket_cors": [("s3:PutBucketCORS", BUCKET)],
    "put_bucket_encryption": [("s3:PutEncryptionConfiguration", BUCKET)],
    "put_bucket_lifecycle_configuration": [("s3:PutLifecycleConfiguration", BUCKET)],
    "put_bucket_notification_configuration": [("s3:PutBucketNotification", BUCKET)],
    "put_bucket_ownership_controls": [("s3:PutBucketOwnershipControls", BUCKET)],
    "put_bucket_policy": [("s3:PutBucketPolicy", BUCKET)],
    "put_bucket_versioning": [("s3:PutBucketVersioning", BUCKET)],
    "put_object": [("s3:PutObject", OBJECT)],
    "put_public_access_block": [("s3:PutBucketPublicAccessBlock", BUCKET)],
    "upload_part": [("s3:PutObject", OBJECT)],
    "upload_part_copy": [("s3:PutObject", OBJECT), ("s3:GetObjectVersion", OBJECT)],
}

QUEUE_CALLS = {
    "change_message_visibility": "sqs:ChangeMessageVisibility",
    "delete_message_batch": "sqs:DeleteMessage",
    "get_queue_attributes": "sqs:GetQueueAttributes",
    "receive_message": "sqs:ReceiveMessage",
    "send_message": "sqs:SendMessage",
    "send_message_batch": "sqs:SendMessage",
}

SCHEDULER_CALLS = {
    "create_schedule": "scheduler:CreateSchedule",
    "delete_schedule": "scheduler:DeleteSchedule",
    "get_schedule": "scheduler:GetSchedule",
    "list_schedules": "scheduler:ListSchedules",
    "update_schedule": "scheduler:UpdateSchedule",
}

# Files (or folders, with a slash at the end) outside shared/storage that use the object store, and the roles of what runs them.
STORE_USERS = {
    "functions/api/src/": {API},
    # The engines, the cache of results and the index that a query makes of what it meets.
    "shared/service/src/engine/": {LONG, HEAVY},
    "shared/service/src/index/look.rs": {LONG, HEAVY},
    "shared/service/src/object/": {LONG, HEAVY},
    "shared/service/src/query/cache.rs": {LONG, HEAVY},
    # What attempts have left is cleared away when a query or an index has ended.
    "shared/service/src/tasks/attempts.rs": {LONG, HEAVY},
    "shared/service/src/tasks/bcftools_query.rs": {LONG, HEAVY},
    # Large queries are cut into windows, each a task, and their pieces put together.
    "shared/service/src/tasks/in_windows.rs": {LONG, HEAVY},
    "shared/service/src/tasks/query_window.rs": {LONG},
    "shared/service/src/tasks/query_parts.rs": {LONG},
    # Large files are indexed in pieces, each a task.
    "shared/service/src/tasks/index_piece.rs": {LONG},
    # A query is planned when it is submitted and again when it runs. Tables are queried as quick tasks too.
    "shared/service/src/query/candidates.rs": {API, LONG, HEAVY},
    # Tables of samples, shown on pages.
    "shared/service/src/shown/sample_table.rs": {API},
    "shared/service/src/query/metadata.rs": {API, QUICK, LONG, HEAVY},
    # Sample groups: written by a task, destroyed with the version, and what is left over by the clean-up.
    "shared/service/src/sample_groups/": {API, LONG},
    "shared/service/src/tasks/make_sample_groups.rs": {LONG},
    "shared/service/src/tasks/sample_groups_part.rs": {LONG},
    # Updates of the index and the tasks of schedules.
    "shared/service/src/index/update.rs": {LONG},
    "shared/service/src/reference/choose.rs": {LONG},
    # Buckets refuse what ended sessions of URLs signed.
    "shared/service/src/tasks/end_urls.rs": {QUICK},
    "shared/service/src/tasks/periodic/": {LONG},
    # What is stored, counted after each event of the store, and all of it once a day.
    "shared/service/src/usage.rs": {QUICK, LONG},
    # Servers only: a process that answers where METRICS_ADDRESS says, and one without notifications.
    "shared/service/src/metrics.rs": set(),
    "shared/service/src/events/compare.rs": set(),
}

# The methods of `Queues` and `Sender`: each with the function of sqs.rs or sqs_dead.rs, and who calls it on which queues.
LIVE = ("QuickQueue", "LongQueue", "HeavyQueue")
DEAD = ("QuickDeadQueue", "LongDeadQueue", "HeavyDeadQueue")
QUEUE_USERS = {
    # Whoever ends a task or looks at the outbox sends what is in it: tasks, and letters of tasks that died.
    "send": [(ROLES, LIVE)],
    "bury": [(ROLES, DEAD)],
    # The long poll.
    "receive": [((HEAVY,), ("HeavyQueue",))],
    "delete": [((HEAVY,), ("HeavyQueue",))],
    # A message is hidden until its task's next attempt.
    "hide": [((QUICK,), ("QuickQueue", "EventQueue")), ((LONG,), ("LongQueue",)), ((HEAVY,), ("HeavyQueue",))],
    # Administrators' pages, and the job of the cron function that redrives.
    "count_dead": [((API,), DEAD)],
    "receive_dead": [((API, CRON), DEAD)],
    "delete_dead": [((API, CRON), DEAD)],
    "show_dead": [((API,), DEAD)],
    # The readiness route.
    "ping": [((API,), ("QuickQueue",))],
}

# What AWS itself does in a role's name. Lambda reads the queues of a function's event sources; the others are the
# runtime's: log, traces, and the lending of the role of the schedules.
IN_ITS_NAME = {
    # The SDK begins the sessions that sign URLs (shared/storage/src/url_sessions.rs).
    API: [("sts:AssumeRole", "UrlRole")],
    QUICK: [(action, queue) for queue in ("QuickQueue", "EventQueue") for action in
            ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")],
    LONG: [(action, "LongQueue") for action in
           ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")],
    CRON: [("iam:PassRole", "ScheduleRole")],
    # The agent of ECS asks in the role's name when the worker tells it to (functions/worker).
    HEAVY: [("ecs:UpdateTaskProtection", "HeavyTasks")],
}
RUNTIME = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}

_CALL = re.compile(r"\b(?:client|presigner)(?:\(\))?\s*\.(\w+)\(")
_OWN = re.compile(r"\b(?:self|store|Self|upload)\s*(?:\.|::)\s*(\w+)\(")
_OF_A_QUEUE = re.compile(r"\b(?:self|queue)\s*\.\s*(\w+)\(")
_FN = re.compile(r"^\s*(?:pub(?:\([^)]*\))? )?(?:const )?(?:async )?fn (\w+)", re.M)
_USED = re.compile(r"\b(?:store|upload)\s*\.\s*(\w+)\(|\bby_key\(store\s*\.\s*(\w+)\(")
_NOT_CALLS = {"clone", "config"}


class Unknown(Exception):
    """A call, or a place, that no table knows."""


def sources(*folders):
    """Path below the checkout, and text without tests, of every Rust file of the product."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.rs")):
            name = path.relative_to(ROOT).as_posix()
            if "/tests/" not in name and not name.endswith(("/tests.rs", "_tests.rs")):
                yield name, path.read_text(encoding="utf-8").split("#[cfg(test)]\nmod tests {")[0]


def functions(text):
    """Name and text of each function, roughly: up to where the next one begins."""
    starts = list(_FN.finditer(text))
    for start, following in zip(starts, starts[1:] + [None]):
        yield start.group(1), text[start.start() : following.start() if following else len(text)]


def calls_in(body, known, place):
    found = set()
    for match in _CALL.finditer(body):
        call = match.group(1)
        if call in _NOT_CALLS:
            continue
        if call == "delete_object" and ".version_id(" in body:
            call = "delete_object of a version"
        if call not in known:
            raise Unknown(f"{place}: {call} is in no table: say which right it needs")
        found.add(call)
    return found


def store_methods(files):
    """The calls that each function of shared/storage makes, by itself or by another of the crate."""
    bodies, made = [], {}
    for place, text in files:
        for name, body in functions(text):
            bodies.append((name, body))
            made.setdefault(name, set()).update(calls_in(body, STORE_CALLS, place))
    grown = True
    while grown:
        grown = False
        for name, body in bodies:
            for other in _OWN.findall(body):
                if other in made and not made[other] <= made[name]:
                    made[name] |= made[other]
                    grown = True
    return {name: calls for name, calls in made.items() if calls}


def users_of(place):
    for known, roles in STORE_USERS.items():
        folder = known if known.endswith("/") else known.removesuffix(".rs") + "/"
        if place == known or place.startswith(folder):
            return roles
    raise Unknown(f"{place}: uses the object store, and STORE_USERS does not say for whom")


def store_rights(needed, storage, others):
    """Adds the rights on buckets and objects, and where each is needed."""
    methods = store_methods(storage)
    for place, text in others:
        used = {name for pair in _USED.findall(text) for name in pair if name} & set(methods)
        # Types that hold a store of their own.
        if "RangeReader::new(" in text:
            used |= {"read"}
        if "StreamingUpload::new(" in text or "upload: StreamingUpload" in text:
            used |= {"write", "finish", "abort"}
        for role in users_of(place) if used else ():
            for method in used:
                for call in methods.get(method, ()):
                    for right in STORE_CALLS[call]:
                        needed[role].setdefault(right, f"{call} by {method} in {place}")


def queue_methods(files):
    """The calls of each function that talks to a queue, those of what it uses included; and what only others use."""
    made, uses = {}, {}
    for place, text in files:
        for name, body in functions(text):
            made.setdefault(name, set()).update(calls_in(body, QUEUE_CALLS, place))
            uses.setdefault(name, set()).update(_OF_A_QUEUE.findall(body))
    grown = True
    while grown:
        grown = False
        for name, others in uses.items():
            for other in others & set(made):
                if not made[other] <= made[name]:
                    made[name] |= made[other]
                    grown = True
    made = {name: calls for name, calls in made.items() if calls}
    shared = {name for name in made if any(name in others for user, others in uses.items() if user != name)}
    return made, shared


def queue_rights(needed, files):
    made, shared = queue_methods(files)
    for name in (set(made) - (shared - set(QUEUE_USERS))) ^ set(QUEUE_USERS):
        raise Unknown(f"shared/tasks: `{name}` calls SQS and is not in QUEUE_USERS, or is there and calls nothing")
    for name, users in QUEUE_USERS.items():
        for roles, queues in users:
            for role in roles:
                for queue in queues:
                    for call in made[name]:
                        needed[role].setdefault((QUEUE_CALLS[call], queue), f"{call} by {name}")


def scheduler_rights(needed, text):
    for call in set(re.findall(r"\b((?:create|delete|get|list|update)_schedules?)\b(?!::)", text)):
        if call in SCHEDULER_CALLS:
            kind = ANY if call == "list_schedules" else "MirrorGroup"
            needed[CRON].setdefault((SCHEDULER_CALLS[call], kind), f"{call} by the mirror")


@functools.cache
def needed():
    """For each role its rights, each with a place that needs it."""
    rights = {role: {} for role in ROLES}
    product = list(sources("shared", "functions"))
    storage = [(place, text) for place, text in product if place.startswith("shared/storage/")]
    queues = [(place, text) for place, text in product if re.match(r"shared/tasks/src/sqs(_dead)?\.rs$", place)]
    mirror = [text for place, text in product if place == "shared/service/src/schedules/mirror/mod.rs"]
    known = {place for place, _ in storage + queues}
    for place, text in product:
        if re.search(r"\baws_sdk_\w+::(?:\w+::)*Client\b", text) and place not in known and "mirror/" not in place \
                and place != "shared/tasks/src/queue.rs":
            raise Unknown(f"{place}: has a client of AWS that calls.py does not look at")
    store_rights(rights, storage, [(p, t) for p, t in product if p.startswith(("functions/", "shared/service/"))])
    queue_rights(rights, queues)
    scheduler_rights(rights, "".join(mirror))
    for role, given in IN_ITS_NAME.items():
        for right in given:
            rights[role].setdefault(right, "AWS in its name")
    return rights
