"""Dry run of the commands in docs/operations.md: what `aws` is told is an operation with these parameters, jobs of the cron function
exist, and scripts are there. Nothing is called."""

import json
import pathlib
import re
import shlex
import unittest

import botocore.session
from botocore import xform_name

ROOT = pathlib.Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")

# Of the program, not of an operation.
EVERYWHERE = {"query", "output", "region", "cli-binary-format"}
# Operations that the program adds: `wait`, and the file that `invoke` writes to.
WAIT = "wait"


def commands():
    """Each `aws …` of the page, in blocks and in lines."""
    blocks = re.findall(r"^ *```\n(.*?)^ *```", PAGE, re.M | re.S)
    text = "\n".join(blocks).replace("\\\n", " ")
    found = re.findall(r"(?:\$\()?\baws ((?:[^\n)\"']|\"[^\"]*\"|'[^']*')+)", text)
    inline = re.findall(r"`aws ([^`]+)`", PAGE)
    return [" ".join(command.split()) for command in found + inline]


def faults(command):
    """What is wrong with a command, as a line or as words."""
    service, operation, *rest = shlex.split(command.replace("…", "x")) if isinstance(command, str) else command
    try:
        client = botocore.session.get_session().get_service_model(service)
    except Exception as error:
        return [str(error)]
    if operation == WAIT:
        waiters = botocore.session.get_session().get_waiter_model(service).waiter_names
        name, *rest = rest
        known = {xform_name(each, "-"): each for each in waiters}
        if name not in known:
            return [f"{service} wait {name} does not exist"]
        return []
    operations = {xform_name(each, "-"): each for each in client.operation_names}
    if operation not in operations:
        return [f"{service} {operation} does not exist"]
    model = client.operation_model(operations[operation])
    members = model.input_shape.members
    options = set()
    for name, shape in members.items():
        option = xform_name(name, "-")
        options.add(option)
        if shape.type_name == "boolean":
            options.add(f"no-{option}")
    given = {word[2:].split("=")[0] for word in rest if word.startswith("--")}
    wrong = [f"{service} {operation} has no --{option}" for option in sorted(given - options - EVERYWHERE)]
    wrong += [f"{service} {operation} needs --{xform_name(name, '-')}" for name in model.input_shape.required_members
              if xform_name(name, "-") not in given]
    return wrong


class Runbooks(unittest.TestCase):
    def test_every_call_of_aws_exists(self):
        found = commands()
        self.assertGreater(len(found), 7)
        self.assertEqual([fault for command in found for fault in faults(command)], [])

    def test_a_wrong_call_is_noticed(self):
        self.assertTrue(faults("rds restore-database --to x"))
        self.assertTrue(faults("rds modify-db-cluster --db-cluster-identifier x --no-such-thing"))
        self.assertTrue(faults("lambda invoke --payload '{}' /dev/stdout"))
        self.assertTrue(faults("rds wait no-such-state"))

    def test_jobs_of_the_cron_function_exist(self):
        code = (ROOT / "shared/service/src/schedules/handle.rs").read_text(encoding="utf-8")
        known = set(re.findall(r'`\{"job": "([a-z-]+)"', code))
        told = set()
        script = (ROOT / "infra/restore.sh").read_text(encoding="utf-8")
        for payload in re.findall(r"--payload '(\{[^']*\})'", PAGE) + re.findall(r"invoke '(\{[^']*\})'", script):
            told.add(json.loads(payload)["job"])
        self.assertLessEqual(told, known)
        # What an operator can have done is told of.
        self.assertLessEqual({"redrive", "administrator", "facts", "skip-numbers"}, told)

    def test_targets_and_files_are_there(self):
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
        self.assertLessEqual(set(re.findall(r"`make ([a-z-]+)", PAGE)), targets)
        for path in set(re.findall(r"(?:infra|local/scripts)/[a-z_/-]+\.(?:py|sh|sql|yaml|json)", PAGE)):
            self.assertTrue((ROOT / path).exists(), path)


if __name__ == "__main__":
    unittest.main()
