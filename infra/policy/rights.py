"""Rules that hold each role against the calls that the code makes with it: nothing is missing and nothing is too much."""

import calls
from template import NO_VALUE, as_list, branches, resources, statements


def _kind(resource):
    """What a resource of a statement is: a bucket, the objects of a bucket, everything, or the name of what it refers to."""
    if resource == "*":
        return calls.ANY
    if "Fn::GetAtt" in resource:
        return resource["Fn::GetAtt"][0]
    text = resource.get("Fn::Sub", "")
    if "s3:::${ProjectBucketPrefix}*/*" in text:
        return calls.OBJECT
    if text.endswith("s3:::${ProjectBucketPrefix}*"):
        return calls.BUCKET
    if text.endswith(":task/divbase-${Stage}-heavy/*"):
        return "HeavyTasks"
    if text.endswith("/${MirrorGroup}/*"):
        return "MirrorGroup"
    return text


def granted(name, role, template):
    """Each right of a role's policies, its own and those attached to it, with the statement that gives it; the runtime's are
    left out."""
    attached = [policy for _, policy in resources(template, "AWS::IAM::Policy") if {"Ref": name} in policy["Roles"]]
    found = {}
    for entry in role.get("Policies", []) + attached:
        for policy in branches(entry):
            if policy == NO_VALUE:
                continue
            for statement in statements(policy["PolicyDocument"]):
                for action in as_list(statement.get("Action", [])):
                    if statement["Effect"] == "Allow" and action not in calls.RUNTIME:
                        for resource in as_list(statement["Resource"]):
                            found[action, _kind(resource)] = statement.get("Sid")
    return found


def _roles(template):
    return [(name, role) for name, role in resources(template, "AWS::IAM::Role") if name in calls.ROLES]


def rights_cover_calls(template):
    for name, role in _roles(template):
        has = granted(name, role, template)
        for (action, kind), place in sorted(calls.needed()[name].items()):
            if (action, kind) not in has:
                yield f"{name}: lacks {action} on {kind}, needed for {place}"


def rights_are_used(template):
    for name, role in _roles(template):
        for (action, kind), sid in sorted(granted(name, role, template).items()):
            if (action, kind) not in calls.needed()[name]:
                yield f"{name}/{sid}: nothing calls {action} on {kind}"


RULES = [rights_cover_calls, rights_are_used]
