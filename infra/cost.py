"""What an installation costs a month, from infra/prices.json, infra/sizes.json and what the templates make of them.

    python infra/cost.py                        the tables of docs/operations.md
    python infra/cost.py laboratories           the tables of docs/costs.md
    python infra/cost.py parameters SIZE data   the parameters of data.yaml for a size, for `sam deploy`; `template` for template.yaml

Counted are the resources that the templates have with a size's parameters: endpoints and their zones, alarms and the metrics
that they read, keys, secrets, event sources. What they do is said by `LOADS`.
"""

import json
import math
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE / "policy"))

from template import as_list, load, resources  # noqa: E402  (found by the line above)

HOURS = 730
MINUTES = HOURS * 60
AWAKE_AFTER = 5
"""Minutes that a database which may sleep stays awake after a statement (SecondsUntilAutoPause)."""
LEAST_AWAKE = 0.5
"""The capacity at which it then works."""

# What is done in a month. Requests and tasks are counts, the others GB.
IDLE = {"requests": 0, "request_seconds": 0.04, "quick_tasks": 0, "long_tasks": 0, "stored": 0, "replaced": 0, "get": 0, "put": 0,
        "egress": 0, "logs": 0.1, "acu": None, "database_gb": 1, "database_io": 1, "heavy_hours": 0}
GROUP = IDLE | {"requests": 300_000, "quick_tasks": 5_000, "long_tasks": 2_000, "stored": 500, "replaced": 100, "get": 1_000_000,
                "put": 50_000, "egress": 50, "logs": 1, "acu": 0.5, "database_gb": 5, "database_io": 5}
SERVICE = IDLE | {"requests": 3_000_000, "quick_tasks": 50_000, "long_tasks": 20_000, "stored": 2_000, "replaced": 500,
                  "get": 10_000_000, "put": 500_000, "egress": 200, "logs": 10, "acu": 2, "database_gb": 20, "database_io": 50}
CENTRE = SERVICE | {"requests": 10_000_000, "quick_tasks": 200_000, "long_tasks": 60_000, "stored": 20_000, "replaced": 5_000,
                    "egress": 1_000, "logs": 40, "acu": 6, "database_gb": 100, "database_io": 200, "heavy_hours": 100}
LOADS = [("dev", "idle", IDLE), ("prod-small", "idle", IDLE), ("prod-small", "a group", GROUP), ("prod", "idle", IDLE),
         ("prod", "a service", SERVICE), ("prod-large", "a centre", CENTRE)]


class Stack:
    """A template with the values of its parameters."""

    def __init__(self, path, values):
        self.template = load(path)
        given = {name: parameter.get("Default", "given") for name, parameter in self.template["Parameters"].items()}
        unknown = set(values) - set(given)
        if unknown:
            raise ValueError(f"{path.name} has no parameter {', '.join(sorted(unknown))}")
        self.values = given | values

    def value(self, node):
        if isinstance(node, dict) and set(node) == {"Ref"}:
            return self.values.get(node["Ref"], node["Ref"])
        if isinstance(node, dict) and set(node) == {"Fn::Join"}:
            separator, parts = node["Fn::Join"]
            return separator.join(str(part) for part in as_list(self.value(parts)))
        return node

    def holds(self, condition):
        if isinstance(condition, str):
            return self.holds(self.template["Conditions"][condition])
        ((kind, inside),) = condition.items()
        if kind == "Condition":
            return self.holds(inside)
        if kind == "Fn::Equals":
            left, right = (str(self.value(side)) for side in inside)
            return left == right
        if kind == "Fn::Not":
            return not self.holds(inside[0])
        return (any if kind == "Fn::Or" else all)(self.holds(each) for each in inside)

    def chosen(self, node):
        """A value without its `If`s."""
        while isinstance(node, dict) and set(node) == {"Fn::If"}:
            condition, yes, no = node["Fn::If"]
            node = yes if self.holds(condition) else no
        return node

    def made(self, *types):
        for name, properties in resources(self.template, *types):
            condition = self.template["Resources"][name].get("Condition")
            if condition is None or self.holds(condition):
                yield name, properties


def awake(data, template):
    """The part of an idle month that the database is awake."""
    if float(data.values["MinCapacity"]) > 0:
        return 1.0
    return min(1.0, (AWAKE_AFTER + 1) / int(template.values["RescueMinutes"]))


NIGHTS = 30


def copies(data, done, prices):
    """US dollars of copies in another region. Each copy of the database is counted whole, and files lie in both vaults."""
    for _, plan in data.made("AWS::Backup::BackupPlan"):
        (rule,) = plan["BackupPlan"]["BackupPlanRule"]
        here = rule["Lifecycle"]["DeleteAfterDays"]
        there = sum(action["Lifecycle"]["DeleteAfterDays"] for action in rule["CopyActions"])
        cost = done["database_gb"] * ((here + there) * prices["copy_database_gb"] + NIGHTS * prices["between_regions_gb"])
        if data.holds("HasCopyOfFiles"):
            vaults = 1 + len(rule["CopyActions"])
            cost += vaults * (done["stored"] + done["replaced"]) * prices["copy_files_gb"] + done["replaced"] * prices["between_regions_gb"]
        return cost
    return 0.0


def edge(done, prices):
    """US dollars of infra/edge.yaml. Files do not go through it."""
    walls = Stack(HERE / "edge.yaml", {}).made("AWS::WAFv2::WebACL")
    fixed = sum(prices["firewall"] + len(wall["Rules"]) * prices["firewall_rule"] for _, wall in walls)
    return fixed + done["requests"] / 1e6 * (prices["firewall_million"] + prices["edge_million"])


def month(size, load_of_month, prices, more=None):
    """Lines of a month: what, and US dollars. `more` are parameters besides those of the size."""
    parameters = json.loads((HERE / "sizes.json").read_text())[size]
    known = load(HERE / "data.yaml")["Parameters"]
    for name, value in (more or {}).items():
        parameters["data" if name in known else "template"][name] = value
    data = Stack(HERE / "data.yaml", parameters["data"])
    # What data.yaml gives, so that the conditions of template.yaml hold.
    outputs = {"DatabaseTokenResource": "x", "DatabaseCluster": "x", "KeyArn": "x", "AlarmEmail": "x", "SubnetIds": "x"}
    if data.values["Proxy"] == "yes":
        outputs["DatabaseProxyName"] = "x"
    template = Stack(HERE / "template.yaml", outputs | parameters["template"])
    done = load_of_month
    lines = {}

    least = float(data.values["MinCapacity"]) or LEAST_AWAKE
    instances = len(list(data.made("AWS::RDS::DBInstance")))
    part = awake(data, template)
    # Who works keeps it awake: ten hours on each of twenty-two days.
    used = least * part if done["acu"] is None else max(done["acu"] * 220 / HOURS, least * part) if part < 1 else max(done["acu"], least)
    lines["Aurora Serverless v2"] = used * instances * HOURS * prices["acu_hour"]
    lines["Aurora storage and I/O"] = (
        done["database_gb"] * prices["database_storage_gb"] + done["database_io"] * prices["database_io_million"]
    )
    proxies = len(list(data.made("AWS::RDS::DBProxy")))
    # At least eight units of capacity are charged.
    lines["RDS Proxy"] = proxies * 8 * HOURS * prices["proxy_acu_hour"]
    zones = 0
    for _, endpoint in data.made("AWS::EC2::VPCEndpoint"):
        if endpoint["VpcEndpointType"] == "Interface":
            zones += len(data.chosen(endpoint["SubnetIds"]))
    lines["interface endpoints"] = zones * HOURS * prices["endpoint_hour"] + done["logs"] * prices["endpoint_gb"]

    functions = dict(template.made("AWS::Serverless::Function"))

    def lambda_cost(name, calls, seconds):
        memory = functions[name]["MemorySize"] / 1024
        return calls * (seconds * memory * prices["lambda_gb_second"] + prices["lambda_million"] / 1e6)

    rescues = MINUTES / int(template.values["RescueMinutes"])
    lines["Lambda: API"] = lambda_cost("Api", done["requests"], done["request_seconds"])
    lines["Lambda: workers and cron"] = (
        lambda_cost("Cron", rescues, 0.2)
        + lambda_cost("WorkerQuick", done["quick_tasks"], 1)
        + lambda_cost("WorkerLong", done["long_tasks"], 60)
    )
    lines["HTTP API"] = done["requests"] / 1e6 * prices["api_million"]
    sources = [
        event["Properties"] for function in functions.values() for event in function.get("Events", {}).values() if event["Type"] == "SQS"
    ]
    pollers = [template.chosen(source.get("ProvisionedPollerConfig", {})) for source in sources]
    ready = sum(int(template.value(each["MinimumPollers"])) for each in pollers if "MinimumPollers" in each)
    if ready:
        lines["Lambda: pollers that are ready"] = ready * HOURS * prices["poller_hour"]
    # Lambda keeps five long polls of 20 s open for each source, ten at most for each poller that is ready; a task is some six calls
    # more.
    polls = (5 * sum("MinimumPollers" not in each for each in pollers) + 10 * ready) * MINUTES * 60 / 20
    tasks = done["quick_tasks"] + done["long_tasks"]
    lines["SQS"] = (polls + 6 * tasks) / 1e6 * prices["sqs_million"]
    lines["S3: files"] = done["stored"] * prices["s3_gb"]
    lines["S3: versions that newer ones replaced"] = done["replaced"] * prices["s3_gb"]
    lines["S3: requests"] = done["get"] / 1e6 * prices["s3_get_million"] + done["put"] / 1e6 * prices["s3_put_million"]
    lines["traffic to the internet"] = done["egress"] * prices["egress_gb"]
    months = int(template.values["LogRetentionDays"]) / 30
    lines["logs"] = done["logs"] * (prices["log_gb"] + months * prices["log_stored_gb"])
    alarms = list(template.made("AWS::CloudWatch::Alarm"))
    read = sum(max(1, sum("MetricStat" in metric for metric in alarm.get("Metrics", []))) for _, alarm in alarms)
    lines["alarms"] = read * prices["alarm"]
    # OutboxLag and, for each queue, Waiting, Running and OldestAge; with work, Started, Ended, Failed, RunTime and WaitTime too.
    metrics = 10 + (15 if tasks else 0)
    lines["metrics of our own"] = metrics * prices["metric"] * (part if not tasks else 1)
    lines["dashboard"] = len(list(template.made("AWS::CloudWatch::Dashboard"))) * prices["dashboard"]
    keys = len(list(data.made("AWS::KMS::Key")))
    # One that RDS makes for its master.
    secrets = len(list(data.made("AWS::SecretsManager::Secret"))) + 1
    lines["KMS, Secrets Manager"] = keys * prices["key"] + secrets * prices["secret"]
    lines["EventBridge Scheduler"] = rescues / 1e6 * prices["schedule_million"]
    for _, task in template.made("AWS::ECS::TaskDefinition"):
        hour = int(task["Cpu"]) / 1024 * prices["fargate_vcpu_hour"] + int(task["Memory"]) / 1024 * prices["fargate_gb_hour"]
        lines["Fargate"] = done["heavy_hours"] * hour
    copied = copies(data, done, prices)
    if copied:
        lines["copies in another region"] = copied
    return lines


# What `prod` can have besides: what it is, and parameters of data.yaml or template.yaml.
OPTIONS = [
    ("two pollers that are ready for long tasks", {"LongPollers": "70"}),
    ("seven of them", {"LongPollers": "70", "LongPollersReady": "7"}),
    ("a second instance of the database", {"SecondInstance": "yes"}),
    ("RDS Proxy", {"Proxy": "yes"}),
    ("endpoints for heavy workers", {"Heavy": "yes"}),
    ("URLs that end with a membership", {"UrlSessions": "yes"}),
    ("copies of the database in another region", {"CopyVaultArn": "x"}),
    ("copies of database and files there", {"CopyVaultArn": "x", "CopyFiles": "yes"}),
]


def options(prices):
    """The table of what may be had besides, for a service in size `prod`."""
    rows = ["| what | parameters | a month |", "|---|---|---|"]
    without = sum(month("prod", SERVICE, prices).values())
    for what, more in OPTIONS:
        given = ", ".join(f"`{name}={'…' if value == 'x' else value}`" for name, value in more.items())
        rows.append(f"| {what} | {given} | {sum(month('prod', SERVICE, prices, more).values()) - without:.0f} |")
    rows.append(f"| CloudFront with a firewall | `infra/edge.yaml` | {edge(SERVICE, prices):.0f} |")
    return "\n".join(rows)


def table(prices):
    """The table of docs/operations.md."""
    months = [(f"{size}, {name}", month(size, what, prices)) for size, name, what in LOADS]
    rows = ["| what | " + " | ".join(title for title, _ in months) + " |", "|---|" + "---|" * len(months)]
    names = []
    for _, lines in months:
        names += [name for name in lines if name not in names]
    for name in names:
        rows.append(f"| {name} | " + " | ".join(f"{lines.get(name, 0):.1f}" for _, lines in months) + " |")
    rows.append("| **together** | " + " | ".join(f"**{sum(lines.values()):.0f}**" for _, lines in months) + " |")
    return "\n".join(rows)


LABORATORIES = [("a group", "prod-small", GROUP, 0.5), ("an institute", "prod", SERVICE, 2), ("a centre", "prod-large", CENTRE, 20)]
"""Name, size, what is done in a month, and TB of VCF that a scan of all files reads."""
SERVER = {"cpu": 1, "gb": 2}
"""The container of an API that is always on."""
WORKER = {"cpu": 2, "gb": 8}
"""The container of a worker that is always on; it does what one function does in the same time."""
QUERY_SECONDS = 60
"""What `month` takes for a task of the queue `long`."""
SCAN_BYTES = 40e6
"""Compressed bytes a second that a worker reads, filters and writes (estimate.rs)."""
WINDOW_BYTES = 1.5e9
"""DIVBASE_WINDOW_BYTES."""
GET_BYTES = 4e6
"""Bytes of a request (estimate.rs)."""


def always_on(container, prices):
    """A month of a container."""
    return HOURS * (container["cpu"] * prices["fargate_vcpu_hour"] + container["gb"] * prices["fargate_gb_hour"])


def busy_hours(done):
    """Hours of a month in which one worker would be busy."""
    return (done["quick_tasks"] * 1 + done["long_tasks"] * QUERY_SECONDS) / 3600 + done["heavy_hours"]


def scan(terabytes, at_once):
    """Seconds of a scan of all files with so many workers."""
    windows = max(1, round(terabytes * 1e12 / WINDOW_BYTES))
    of_window = 1 + terabytes * 1e12 / windows / SCAN_BYTES
    return math.ceil(windows / at_once) * of_window


def duration(seconds):
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"


def laboratories(prices):
    """The first table of docs/costs.md: functions beside servers that are always on."""
    rows = {}

    def add(what, value):
        rows.setdefault(what, []).append(value)

    parameters = json.loads((HERE / "sizes.json").read_text())
    for _, size, done, terabytes in LABORATORIES:
        lines = month(size, done, prices)
        kinds = ("Lambda: API", "Lambda: workers and cron", "HTTP API", "SQS", "Fargate")
        functions = sum(lines.get(kind, 0) for kind in kinds)
        hours = busy_hours(done)
        # Half of the time at most, so that nobody waits long behind another.
        workers = max(1, math.ceil(hours / (HOURS / 2)))
        servers = always_on(SERVER, prices) + workers * always_on(WORKER, prices)
        stack = Stack(HERE / "template.yaml", parameters[size]["template"])
        at_once = int(stack.values["LongConcurrency"])
        add("queries of a minute, a month", f"{done['long_tasks']:,}")
        add("hours that workers are busy", f"{hours:.0f}")
        add("**functions: API, workers, queues**, US dollars", f"**{functions:.0f}**")
        add("**always on: API and workers**, US dollars", f"**{servers:.0f}**")
        add("workers that are always on", f"{workers}")
        add("how much of their time they are busy", f"{100 * hours / workers / HOURS:.0f} %")
        add("database, files, traffic, logs and the rest, either way, US dollars", f"{sum(lines.values()) - functions:.0f}")
        add(f"all files scanned once, {' / '.join(f'{each[3]:g}' for each in LABORATORIES)} TB, by functions", duration(scan(terabytes, at_once)))
        add("the same by the workers that are always on", duration(scan(terabytes, workers)))
    names = " | ".join(name for name, _, _, _ in LABORATORIES)
    head = [f"| | {names} |", "|---|" + "---|" * len(LABORATORIES)]
    return "\n".join(head + [f"| {what} | " + " | ".join(values) + " |" for what, values in rows.items()])


def queries(prices):
    """The second table of docs/costs.md: what a full scan costs, by its bytes."""
    rows = ["| compressed bytes that are read | GB-seconds | requests | US dollars |", "|---|---|---|---|"]
    memory = load(HERE / "template.yaml")["Resources"]["WorkerLong"]["Properties"]["MemorySize"] / 1024
    for name, size in (("100 MB", 1e8), ("1 GB", 1e9), ("10 GB", 1e10), ("100 GB", 1e11), ("1 TB", 1e12)):
        windows = max(1, round(size / WINDOW_BYTES))
        seconds = windows + size / SCAN_BYTES
        requests = windows + size / GET_BYTES
        dollars = memory * seconds * prices["lambda_gb_second"] + requests / 1e6 * prices["s3_get_million"]
        rows.append(f"| {name} | {memory * seconds:,.0f} | {requests:,.0f} | {dollars:.4f} |")
    return "\n".join(rows)


GROUPS_CPU = 2.6 / 0.0116
"""Seconds of a processor that sample groups take for each GB of a file of 2,500 samples (`make bench-samples`, docs/benchmarks.md)."""
PROCESSOR_MB = 1769
"""Memory with which a function has one processor (AWS Lambda developer guide, "Configure Lambda function memory")."""
PIECE_BYTES = 1e9
"""DIVBASE_INDEX_PIECE_BYTES."""


def groups(prices):
    """The third table of docs/costs.md: what sample groups cost, by the bytes of the file."""
    rows = ["| bytes of the file | parts | seconds of each | US dollars, once | US dollars a month, kept |", "|---|---|---|---|---|"]
    memory = load(HERE / "template.yaml")["Resources"]["WorkerLong"]["Properties"]["MemorySize"]
    for size in (1e9, 2e9, 1e10, 1e11):
        parts = math.ceil(size / PIECE_BYTES)
        seconds = size / 1e9 * GROUPS_CPU / (memory / PROCESSOR_MB)
        dollars = memory / 1024 * seconds * prices["lambda_gb_second"]
        # They are about as large as the file.
        kept = size / 1e9 * prices["s3_gb"]
        rows.append(f"| {size / 1e9:g} GB | {parts} | {seconds / parts:.0f} | {dollars:.4f} | {kept:.3f} |")
    return "\n".join(rows)


def prices():
    return json.loads((HERE / "prices.json").read_text())


def main(*arguments):
    if not arguments:
        print(table(prices()))
        print()
        print(options(prices()))
    elif arguments == ("laboratories",):
        print(laboratories(prices()), queries(prices()), groups(prices()), sep="\n\n")
    elif len(arguments) == 3 and arguments[0] == "parameters":
        size = json.loads((HERE / "sizes.json").read_text())[arguments[1]]
        print(" ".join(f"{name}={value}" for name, value in size[arguments[2]].items()))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
