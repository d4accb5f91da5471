"""Rules about who may do what: each function its own role, and no right wider than needed."""

import re

from template import NO_VALUE, as_list, branches, resources, statements, target

# Actions for which AWS knows no narrower resource than all.
CANNOT_BE_NARROWED = {
    "cloudwatch:DescribeAlarms",
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
    "ecr:GetAuthorizationToken",
    "s3:ListAllMyBuckets",
    "scheduler:ListSchedules",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}

# An ARN whose part after the account (`arn:partition:service:region:account:`) is all.
EVERYTHING = re.compile(r"^arn:[^:]*:[^:]*:[^:]*:[^:]*:\*$|^\*$")


def _documents(template):
    """Every policy that gives rights: its place and its document."""
    for name, role in resources(template, "AWS::IAM::Role"):
        for entry in role.get("Policies", []):
            for policy in branches(entry):
                if policy != NO_VALUE:
                    yield f"{name}/{policy['PolicyName']}", policy["PolicyDocument"]
    for name, policy in resources(template, "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
        yield name, policy["PolicyDocument"]


def _allowed(template):
    for place, document in _documents(template):
        for statement in statements(document):
            if statement["Effect"] == "Allow":
                yield f"{place}/{statement.get('Sid', 'a statement without Sid')}", statement


def no_wildcard_action(template):
    for place, statement in _allowed(template):
        if "NotAction" in statement or "NotResource" in statement:
            yield f"{place}: says what is not meant"
        for action in as_list(statement.get("Action", [])):
            if "*" in action:
                yield f"{place}: {action} is wider than an action"


def no_wildcard_resource(template):
    for place, statement in _allowed(template):
        actions = set(as_list(statement.get("Action", [])))
        for resource in as_list(statement.get("Resource", [])):
            text = resource.get("Fn::Sub", "") if isinstance(resource, dict) else resource
            # `${X}` hides colons of pseudo parameters such as AWS::Partition.
            text = re.sub(r"\$\{[^}]*\}", "x", text)
            if EVERYTHING.match(text) and not actions <= CANNOT_BE_NARROWED:
                yield f"{place}: {', '.join(sorted(actions - CANNOT_BE_NARROWED))} on everything"


def statements_are_named(template):
    for place, document in _documents(template):
        for statement in statements(document):
            if not statement.get("Sid"):
                yield f"{place}: a statement has no Sid that says what it is for"


OF_SERVICES = {"backup.amazonaws.com": "policy/(service-role/)?AWSBackupServiceRolePolicyFor(Backup|S3Backup)$"}
"""Services of AWS that act for us by a role, and the policies that AWS writes for them and keeps up to date."""


def _is_of_its_service(role, policy):
    services = {as_list(statement["Principal"].get("Service"))[0] for statement in statements(role["AssumeRolePolicyDocument"])}
    (service,) = services if len(services) == 1 else (None,)
    name = policy.get("Fn::Sub", "") if isinstance(policy, dict) else policy
    return service in OF_SERVICES and re.search(OF_SERVICES[service], name) is not None


def no_foreign_policy(template):
    """AWS's own managed policies are wider than any one of our functions needs."""
    ours = {name for name, _ in resources(template, "AWS::IAM::ManagedPolicy")}
    for name, role in resources(template, "AWS::IAM::Role"):
        for entry in role.get("ManagedPolicyArns", []):
            for policy in branches(entry):
                if policy != NO_VALUE and target(policy) not in ours and not _is_of_its_service(role, policy):
                    yield f"{name}: takes over {policy}"


def only_services_assume_roles(template):
    """A role is assumed by a service, or by one role of the same template that names it."""
    roles = {name for name, _ in resources(template, "AWS::IAM::Role")}
    for name, role in resources(template, "AWS::IAM::Role"):
        for statement in statements(role["AssumeRolePolicyDocument"]):
            principal = statement.get("Principal", {})
            is_role = set(principal) == {"AWS"} and target(principal["AWS"]) in roles
            if set(principal) != {"Service"} and not is_role:
                yield f"{name}: can be assumed by more than a service"


def sessions_sign_no_more_than_urls(template):
    """What signs URLs reads and writes objects, and lasts for an hour at most; only the API assumes it."""
    for name, role in resources(template, "AWS::IAM::Role"):
        if name != "UrlRole":
            continue
        allowed = {"s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"}
        for policy in role.get("Policies", []):
            for statement in statements(policy["PolicyDocument"]):
                for action in set(as_list(statement["Action"])) - allowed:
                    yield f"{name}: {action} is nothing that a URL is for"
        if role.get("MaxSessionDuration") != 3600:
            yield f"{name}: its sessions may last longer than URLs can be told to end"
        for statement in statements(role["AssumeRolePolicyDocument"]):
            if target(statement["Principal"].get("AWS")) != "ApiRole":
                yield f"{name}: is assumed by others than the API"


def one_role_per_function(template):
    seen = {}
    for name, function in resources(template, "AWS::Serverless::Function", "AWS::Lambda::Function"):
        role = target(function.get("Role"))
        if role is None:
            yield f"{name}: has no role of its own"
        elif role in seen:
            yield f"{name}: shares the role {role} with {seen[role]}"
        seen[role] = name
        if "Policies" in function:
            yield f"{name}: has policies beside its role"


def permissions_name_their_source(template):
    for name, permission in resources(template, "AWS::Lambda::Permission"):
        if permission.get("Principal") == "*" or "SourceArn" not in permission:
            yield f"{name}: does not say who may call"


def secrets_are_references(template):
    """A secret is written as a reference to where it is kept, never as text or parameter."""
    shared = template.get("Globals", {}).get("Function", {})
    functions = list(resources(template, "AWS::Serverless::Function")) + [("Globals", shared)]
    for name, function in functions:
        variables = function.get("Environment", {}).get("Variables", {})
        for variable, value in variables.items():
            if re.search(r"SECRET|PASSWORD|DATABASE_URL|SMTP_URL|PROVIDERS", variable):
                for branch in branches(value):
                    text = branch.get("Fn::Sub", "") if isinstance(branch, dict) else ""
                    if branch != NO_VALUE and not text.startswith("{{resolve:secretsmanager:"):
                        yield f"{name}: {variable} is not a reference to a secret"


def roles_are_handed_to_one_service(template):
    """Who may hand over a role could otherwise give it to whatever runs his own code."""
    for place, statement in _allowed(template):
        if "iam:PassRole" in as_list(statement.get("Action", [])):
            condition = statement.get("Condition", {}).get("StringEquals", {})
            if not isinstance(condition.get("iam:PassedToService"), str):
                yield f"{place}: does not say to which service the role may be handed"


def functions_log_in_by_token(template):
    """Whatever has a database may ask for tokens of one user: migrations of the one that owns the schema, others of the other."""
    if "DatabaseTokenResource" not in template.get("Parameters", {}):
        return
    users = {"TokenPolicy": "DatabaseUser", "MigrationTokenPolicy": "MigrationUser"}
    for kind, key in (("AWS::Serverless::Function", "Role"), ("AWS::ECS::TaskDefinition", "TaskRoleArn")):
        for user, properties in resources(template, kind):
            name = target(properties.get(key))
            role = dict(resources(template, "AWS::IAM::Role")).get(name, {})
            taken = {target(b) for entry in role.get("ManagedPolicyArns", []) for b in branches(entry)} & set(users)
            wanted = "MigrationTokenPolicy" if user == "Migrate" else "TokenPolicy"
            if taken != {wanted}:
                yield f"{name}: cannot log in to the database, or as another than {users[wanted]}"
    for place, statement in _allowed(template):
        if "rds-db:connect" in as_list(statement.get("Action", [])):
            wanted = users.get(place.split("/")[0], "DatabaseUser")
            for resource in as_list(statement["Resource"]):
                if not resource.get("Fn::Sub", "").endswith("/${" + wanted + "}"):
                    yield f"{place}: may log in as another than {wanted}"


RULES = [
    no_wildcard_action,
    no_wildcard_resource,
    statements_are_named,
    no_foreign_policy,
    only_services_assume_roles,
    sessions_sign_no_more_than_urls,
    one_role_per_function,
    permissions_name_their_source,
    secrets_are_references,
    roles_are_handed_to_one_service,
    functions_log_in_by_token,
]
