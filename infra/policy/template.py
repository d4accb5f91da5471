"""Reading a CloudFormation template as plain Python values.

Short forms (`!Ref X`) become their long ones (`{"Ref": "X"}`). Nothing is evaluated: a rule
that has to look into an `If` does so itself with `branches`.
"""

import yaml

NO_VALUE = {"Ref": "AWS::NoValue"}


class _Loader(yaml.SafeLoader):
    pass


def _short_form(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, _Loader)


def resources(template, *types):
    """Name and properties of every resource of these types."""
    for name, resource in template["Resources"].items():
        if resource["Type"] in types:
            yield name, resource.get("Properties", {})


def branches(value):
    """What a value may turn out to be: both sides of an `If`, else the value alone."""
    if isinstance(value, dict) and set(value) == {"Fn::If"}:
        _, yes, no = value["Fn::If"]
        return branches(yes) + branches(no)
    return [value]


def target(value):
    """The resource that a `Ref`, `GetAtt` or `Sub` of one resource speaks of."""
    if not isinstance(value, dict):
        return None
    if "Ref" in value:
        return value["Ref"]
    if "Fn::GetAtt" in value:
        return value["Fn::GetAtt"][0]
    return None


def as_list(value):
    return value if isinstance(value, list) else [value]


def statements(document):
    return as_list(document["Statement"])


def is_encrypted_outside_local(value):
    """`!If [HasKey, !Ref KeyArn, !Ref AWS::NoValue]`, or without the If."""
    return all(branch in ({"Ref": "KeyArn"}, NO_VALUE) for branch in branches(value)) and any(
        branch == {"Ref": "KeyArn"} for branch in branches(value)
    )
