"""Keeps docs/errors.md true: its tables are made from the code.

    errors.py          complains if the page differs
    errors.py --write  writes it
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/errors.md"

HEAD = """# Errors by code

A refusal is JSON: `detail` says what is wrong, `type` is the code, the header `X-Request-ID` names the request in the operator's
logs. The command line prints all of it, and with `--json` one line of JSON on stderr. This page is made from the code by
`tests/docs/errors.py`.

## From the server

| `type` | status | means |
|---|---|---|
"""

CLIENT = """
## From the command line itself

| `type` | exit code | means |
|---|---|---|
"""

TAIL = """
Exit code 0 is success, also where there was nothing to do. `divbase-cli local` has codes of its own: 3 says that the native engine
declines a command.

## What to do

| you read | do |
|---|---|
| `authentication_error`, `authentication` | `divbase-cli auth login EMAIL`, or renew the token in `DIVBASE_API_PAT` |
| `authorization_error` | ask a manager of the project for a higher role |
| `project_not_found_error` | check the name (`divbase-cli project list`), or ask to be invited |
| `connection` | `divbase-cli doctor` says which part does not answer |
| `vcf_dimensions_entry_missing_error` | upload a VCF file, or wait some seconds for its index |
| `queue_closed_error` | an administrator has paused this kind of task: wait |
| `cli_version_outdated_error` | upgrade the client; `divbase-cli self-update` says how |
| `server_error` | tell the operator the request id |
"""


def server() -> list[tuple[str, str, str]]:
    text = (ROOT / "shared/contract/src/error.rs").read_text()
    body = text.split("error_types! {", 1)[1]
    found = re.findall(r'///\s(.+)\n\s+\w+ = "(\w+)", (\d+);', body)
    return sorted((name, status, means) for means, name, status in found)


def client() -> list[tuple[str, str, str]]:
    text = (ROOT / "cli/src/failure.rs").read_text()
    enum = text.split("pub enum Failure {", 1)[1].split("\n}\n", 1)[0]
    docs = {name: doc for doc, name in re.findall(r"    /// (.+)\n(?:    #\[error\([^]]*?\)\]\n)?    (\w+)(?:\(| \{|,)", enum)}
    codes = dict.fromkeys(docs, "1")
    for arm, code in (("Usage", "2"), ("NoCommand", "2"), ("TimedOut", "3"), ("Interrupted", "130"), ("ReaderGone", "0")):
        codes[arm] = code
    kinds = text.split("pub fn kind(", 1)[1].split("\n    }\n", 1)[0]
    rows = []
    for arm, word in re.findall(r'Self::(\w+)[^=]*=> "(\w+)"', kinds):
        means = re.sub(r" Exit code \d+(, as shells have it)?\.", "", docs[arm])
        rows.append((word, codes[arm], means))
    return sorted(rows)


def page() -> str:
    row = "| `{}` | {} | {} |".format
    return HEAD + "\n".join(row(*one) for one in server()) + "\n" + CLIENT + "\n".join(row(*one) for one in client()) + "\n" + TAIL


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page())
    elif PAGE.read_text() != page():
        sys.exit("docs/errors.md is not what the code says: run tests/docs/errors.py --write")
