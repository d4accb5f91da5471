"""Checks the templates against our rules: `python infra/policy/check.py infra/*.yaml`.

Each rule is a function from a template to the sentences that say what breaks it. test_check.py
shows for each that it fails when it is broken.
"""

import sys

import access
import edge
import operations
import rights
import settings
import state
import storage
from template import load

RULES = storage.RULES + access.RULES + operations.RULES + state.RULES + rights.RULES + settings.RULES + edge.RULES


def findings(template):
    """Pairs of a rule's name and what breaks it."""
    return [(rule.__name__, sentence) for rule in RULES for sentence in rule(template)]


def main(paths):
    broken = 0
    for path in paths:
        for rule, sentence in findings(load(path)):
            print(f"{path}: {rule}: {sentence}")
            broken += 1
    if not broken:
        print(f"{len(RULES)} rules hold for {', '.join(paths)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
