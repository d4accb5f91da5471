"""Rules about what happens when something fails, or too much comes at once."""

import re

from template import resources, target

VISIBILITY_PER_TIMEOUT = 6
"""AWS's own advice for queues that a function reads: room for retries of the batch."""

TWO_WEEKS = 14 * 24 * 3600


def _queues(template):
    return dict(resources(template, "AWS::SQS::Queue"))


def _redrive_target(queue):
    return target(queue.get("RedrivePolicy", {}).get("deadLetterTargetArn"))


def _dead_queues(template):
    """Queues in which messages of queues and schedules end."""
    dead = {_redrive_target(queue) for queue in _queues(template).values()}
    for _, schedule in resources(template, "AWS::Scheduler::Schedule"):
        dead.add(target(schedule["Target"].get("DeadLetterConfig", {}).get("Arn")))
    return dead - {None}


def _readers(template):
    """Function, its timeout, and the event source, for every queue that a function reads."""
    for name, function in resources(template, "AWS::Serverless::Function"):
        for event in function.get("Events", {}).values():
            if event["Type"] == "SQS":
                yield name, function["Timeout"], event["Properties"]


def every_queue_has_dead_letters(template):
    dead = _dead_queues(template)
    own = {}
    for name, queue in _queues(template).items():
        if name in dead:
            continue
        end = _redrive_target(queue)
        if end is None:
            yield f"{name}: has no dead-letter queue"
        elif end in own:
            yield f"{name}: shares its dead-letter queue with {own[end]}"
        else:
            own[end] = name


def dead_letters_wait(template):
    queues = _queues(template)
    for name in sorted(_dead_queues(template)):
        if queues[name].get("MessageRetentionPeriod") != TWO_WEEKS:
            yield f"{name}: does not keep what failed for two weeks"


def dead_letters_alarm(template):
    watched = set()
    for _, alarm in resources(template, "AWS::CloudWatch::Alarm"):
        if alarm.get("Namespace") == "AWS/SQS" and alarm.get("AlarmActions"):
            watched |= {target(dimension["Value"]) for dimension in alarm["Dimensions"]}
    for name in sorted(_dead_queues(template) - watched):
        yield f"{name}: nobody is told when something arrives"


def visibility_covers_timeout(template):
    queues = _queues(template)
    for name, timeout, event in _readers(template):
        queue = target(event["Queue"])
        visibility = queues[queue].get("VisibilityTimeout", 30)
        if visibility < VISIBILITY_PER_TIMEOUT * timeout:
            yield f"{queue}: {visibility} s is less than six times the {timeout} s of {name}"


def batches_fail_in_part(template):
    for name, _, event in _readers(template):
        if event.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{name}: one failed message repeats its whole batch"


def _either(node):
    """Condition, value if it holds, value if not, of a property that may depend on one."""
    if isinstance(node, dict) and set(node) == {"Fn::If"}:
        condition, *values = node["Fn::If"]
        yes, no = ({} if value == {"Ref": "AWS::NoValue"} else value for value in values)
        return condition, yes, no
    return None, node or {}, node or {}


def _pollers(event):
    """Pairs of scaling and pollers that an event source may have."""
    scaling, pollers = _either(event.get("ScalingConfig")), _either(event.get("ProvisionedPollerConfig"))
    if scaling[0] and pollers[0] and scaling[0] != pollers[0]:
        return [(one, other) for one in scaling[1:] for other in pollers[1:]]
    return [(scaling[1], pollers[1]), (scaling[2], pollers[2])]


def concurrency_is_bounded(template):
    for name, _, event in _readers(template):
        for scaling, pollers in _pollers(event):
            if "MaximumConcurrency" not in scaling and "MaximumPollers" not in pollers:
                yield f"{name}: may open as many database connections as there are messages"


def pollers_replace_concurrency(template):
    """Lambda refuses an event source that has both."""
    for name, _, event in _readers(template):
        if any(scaling and pollers for scaling, pollers in _pollers(event)):
            yield f"{name}: has both pollers and a maximum concurrency"


def pollers_are_asked_for(template):
    """Pollers are paid for by the hour, whether there are messages or not."""
    for name, _, event in _readers(template):
        condition, yes, no = _either(event.get("ProvisionedPollerConfig"))
        if not yes and not no:
            continue
        ((kind, inside),) = template.get("Conditions", {}).get(condition, {"none": None}).items()
        asked = inside[0].get("Fn::Equals") if kind == "Fn::Not" else None
        if no or asked is None or asked[1] != 0 or _default(template, asked[0]) != 0:
            yield f"{name}: pollers are paid for by whoever does not ask for them"
        # Lambda takes no fewer.
        if _default(template, yes.get("MinimumPollers")) != 2:
            yield f"{name}: more pollers than are needed wait for messages"


def _default(template, node):
    """The value of a parameter for whoever does not give it."""
    return template["Parameters"].get(target(node), {}).get("Default")


def costs_are_of_the_worker(template):
    """What plans and history say of costs is reckoned by the memory that is paid for."""
    told = template.get("Globals", {}).get("Function", {}).get("Environment", {}).get("Variables", {}).get("DIVBASE_WORKER_GB")
    for name, function in resources(template, "AWS::Serverless::Function"):
        if name == "WorkerLong" and told != f"{function['MemorySize'] / 1024:g}":
            yield f"{name}: costs are reckoned with {told} GB, and it has {function['MemorySize'] / 1024:g}"


def schedules_fail_visibly(template):
    for name, schedule in resources(template, "AWS::Scheduler::Schedule"):
        if "DeadLetterConfig" not in schedule["Target"]:
            yield f"{name}: a run that fails is forgotten"
        if "RetryPolicy" not in schedule["Target"]:
            yield f"{name}: does not say how often a run is tried"
        if "ScheduleExpressionTimezone" not in schedule:
            yield f"{name}: does not say its time zone"


def functions_log_for_a_while(template):
    groups = {}
    for name, group in resources(template, "AWS::Logs::LogGroup"):
        if "RetentionInDays" not in group:
            yield f"{name}: keeps logs for ever"
    for name, function in resources(template, "AWS::Serverless::Function"):
        group = target(function.get("LoggingConfig", {}).get("LogGroup"))
        if group is None or group in groups:
            yield f"{name}: has no log group of its own"
        groups[group] = name


def api_is_throttled_and_logged(template):
    for name, stage in resources(template, "AWS::ApiGatewayV2::Stage"):
        settings = stage.get("DefaultRouteSettings", {})
        if not {"ThrottlingBurstLimit", "ThrottlingRateLimit"} <= set(settings):
            yield f"{name}: accepts any number of requests"
        if "AccessLogSettings" not in stage:
            yield f"{name}: writes no access log"


def access_logs_hold_no_secrets(template):
    """Paths and queries may hold tokens of links and letters, and headers those of sessions."""
    for name, stage in resources(template, "AWS::ApiGatewayV2::Stage"):
        form = str(stage.get("AccessLogSettings", {}).get("Format", ""))
        for word in ("path", "query", "header", "authorizer"):
            if re.search(rf"\$context\.[A-Za-z.]*{word}", form, re.IGNORECASE):
                yield f"{name}: the access log has a {word}"


def versions_take_over_step_by_step(template):
    """What the gateway calls is an alias that moves slowly, and back if an alarm goes off."""
    functions = dict(resources(template, "AWS::Serverless::Function"))
    for name, integration in resources(template, "AWS::ApiGatewayV2::Integration"):
        uri = str(integration["IntegrationUri"].get("Ref", ""))
        function = uri.removesuffix(".Alias")
        if not uri.endswith(".Alias") or function not in functions:
            yield f"{name}: calls a function rather than its alias"
            continue
        preference = functions[function].get("DeploymentPreference", {})
        if "AutoPublishAlias" not in functions[function] or not preference.get("Alarms"):
            yield f"{function}: a bad version is not taken back"
        elif preference.get("Type", "").startswith("AllAtOnce"):
            yield f"{function}: a new version answers everybody at once"


def schema_comes_first(template):
    migrations = {name for name, _ in resources(template, "Custom::Migration")}
    for name, function in resources(template, "AWS::Serverless::Function"):
        serves = "Migrate" not in name
        if serves and template["Resources"][name].get("DependsOn") not in migrations:
            yield f"{name}: may be changed before the schema that it needs"


def alarms_are_heard(template):
    """Alarms tell somebody: a topic, or the scaling that they are for."""
    for name, alarm in resources(template, "AWS::CloudWatch::Alarm"):
        if not alarm.get("AlarmActions"):
            yield f"{name}: nobody is told"
        if not alarm.get("AlarmDescription"):
            yield f"{name}: does not say what it means"


def containers_are_nobody(template):
    for name, task in resources(template, "AWS::ECS::TaskDefinition"):
        for container in task["ContainerDefinitions"]:
            if container.get("User", "0").split(":")[0] in ("0", "root"):
                yield f"{name}: runs as root"
            if "LogConfiguration" not in container:
                yield f"{name}: writes no log"
    for name, service in resources(template, "AWS::ECS::Service"):
        network = service["NetworkConfiguration"]["AwsvpcConfiguration"]
        if network.get("AssignPublicIp") != "DISABLED":
            yield f"{name}: is reachable from outside"


def deploys_leave_scaling_alone(template):
    """What scales is counted with what is under way, set by scaling alone, and not stopped while it works."""
    scaled = {target(properties["ScalingTargetId"]) for _, properties in
              resources(template, "AWS::ApplicationAutoScaling::ScalingPolicy")}
    for name, service in resources(template, "AWS::ECS::Service"):
        if scaled and "DesiredCount" in service:
            yield f"{name}: each deployment sets the number of workers again"
    policies = {name for name, _ in resources(template, "AWS::ApplicationAutoScaling::ScalingPolicy")}
    for name, alarm in resources(template, "AWS::CloudWatch::Alarm"):
        if {target(action) for action in alarm.get("AlarmActions", [])} & policies:
            counted = {metric.get("MetricStat", {}).get("Metric", {}).get("MetricName") for metric in alarm.get("Metrics", [])}
            if not {"ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"} <= counted:
                yield f"{name}: does not count what is under way"
    roles = dict(resources(template, "AWS::IAM::Role"))
    for name, task in resources(template, "AWS::ECS::TaskDefinition"):
        if "ecs:UpdateTaskProtection" not in str(roles.get(target(task.get("TaskRoleArn")), {})):
            yield f"{name}: cannot keep itself from being stopped while it works"


def somebody_is_told(template):
    """Outside a laptop there is an address that alarms are mailed to."""
    if "AlarmEmail" not in template.get("Parameters", {}) or "Rules" not in template:
        return
    outside_local = {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "local"]}]}
    wanted = {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}]}
    if not any(
        rule.get("RuleCondition") == outside_local and wanted in [each["Assert"] for each in rule["Assertions"]]
        for rule in template["Rules"].values()
    ):
        yield "AlarmEmail: may be empty where nobody would be told"


# What every deployment is watched by: namespace and metric.
WATCHED = [
    ("AWS/Lambda", "Errors"),
    ("AWS/Lambda", "Throttles"),
    ("AWS/ApiGateway", "5xx"),
    ("AWS/ApiGateway", "Latency"),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
    ("AWS/RDS", "DatabaseConnections"),
    ("AWS/RDS", "ServerlessDatabaseCapacity"),
    ("AWS/RDS", "DatabaseConnectionsBorrowLatency"),
    ("DivBase", "OutboxLag"),
    ("DivBase", "Failed"),
]


def everything_is_watched(template):
    if "AlarmTopic" not in template["Resources"]:
        return
    seen = set()
    for _, alarm in resources(template, "AWS::CloudWatch::Alarm"):
        if {"Ref": "AlarmTopic"} in alarm.get("AlarmActions", []):
            seen.add((alarm.get("Namespace"), alarm.get("MetricName")))
            for metric in alarm.get("Metrics", []):
                found = metric.get("MetricStat", {}).get("Metric", {})
                seen.add((found.get("Namespace"), found.get("MetricName")))
    for namespace, metric in WATCHED:
        if (namespace, metric) not in seen:
            yield f"no alarm looks at {metric} of {namespace}"


RULES = [
    every_queue_has_dead_letters,
    dead_letters_wait,
    dead_letters_alarm,
    visibility_covers_timeout,
    batches_fail_in_part,
    concurrency_is_bounded,
    pollers_replace_concurrency,
    pollers_are_asked_for,
    costs_are_of_the_worker,
    schedules_fail_visibly,
    functions_log_for_a_while,
    api_is_throttled_and_logged,
    access_logs_hold_no_secrets,
    versions_take_over_step_by_step,
    schema_comes_first,
    alarms_are_heard,
    containers_are_nobody,
    deploys_leave_scaling_alone,
    somebody_is_told,
    everything_is_watched,
]
