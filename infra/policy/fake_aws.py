"""Stands for the program `aws` where a script is run dry: each call is an operation of AWS with parameters that it has, and is
answered from a table. Nothing is called.

    AWS_ANSWERS=answers.json AWS_CALLS=calls.jsonl python fake_aws.py SERVICE OPERATION …

The table has answers by `service operation`, as AWS gives them; `--query` picks from them as the program does. What is no operation ends
with 252, as there.
"""

import json
import os
import sys

import jmespath

from test_runbooks import faults


def text(value):
    """As `--output text` prints it."""
    if isinstance(value, list):
        return "\t".join(text(each) for each in value)
    return "None" if value is None else str(value)


def main(words):
    with open(os.environ["AWS_CALLS"], "a", encoding="utf-8") as calls:
        print(json.dumps(words), file=calls)
    wrong = faults(words)
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 252
    with open(os.environ["AWS_ANSWERS"], encoding="utf-8") as file:
        answer = json.load(file).get(" ".join(words[:2]), {})
    # By name, where more than one may be asked for.
    for name in words:
        if isinstance(answer, dict) and name in answer.get("by name", {}):
            answer = answer["by name"][name]
            break
    if "--query" in words:
        answer = jmespath.search(words[words.index("--query") + 1], answer)
        print(text(answer))
    elif answer:
        print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
