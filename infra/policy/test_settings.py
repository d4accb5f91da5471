"""What docs/operations.md says of settings: each is there, with the parameter of the template that sets it, or why none does.

`UPDATE=1 python infra/policy/test_settings.py` writes the last column.
"""

import os
import pathlib
import re
import unittest

import settings
from template import load

ROOT = pathlib.Path(__file__).parent.parent.parent
PAGE = ROOT / "docs/operations.md"
HEAD = "| variable | read by | meaning | parameter, or why there is none |"

# Not functions', and told of in docs/own-servers.md; the last is of the allocator of divbase-local.
ELSEWHERE = {name for name, why in settings.LEFT_ALONE.items() if why in (settings.SERVERS, settings.LAMBDA)} | {
    "DATABASE_CONNECTIONS", "DIVBASE_COMPARE_SECONDS", "DIVBASE_HEADER_SECONDS", "DIVBASE_WORKER_LANES",
}
NOT_OURS = {"MIMALLOC_PURGE_DELAY"}


def rows():
    """Number of its line and cells of each row of the table."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    begin = lines.index(HEAD) + 2
    for number, line in enumerate(lines[begin:], begin):
        if not line.startswith("|"):
            return
        yield number, re.split(r"(?<!\\) \| ", line.strip("| "))


def told(first, template):
    """The last cell of the row whose first is this."""
    found = []
    for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", first):
        text = "" if name in NOT_OURS else settings.told_of(name, template)
        if text not in found:
            found.append(text)
    return "; ".join(found) or "–"


def update():
    template = load(ROOT / "infra/template.yaml")
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    for number, cells in rows():
        lines[number] = "| " + " | ".join([*cells[:3], told(cells[0], template)]) + " |"
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


class Page(unittest.TestCase):
    def test_the_last_column_is_that_of_the_template(self):
        template = load(ROOT / "infra/template.yaml")
        for _, cells in rows():
            self.assertEqual(cells[-1], told(cells[0], template), cells[0])

    def test_every_setting_has_a_row(self):
        named = {name for _, cells in rows() for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", cells[0])}
        wanted = {*settings.listed(), *settings.OF_FUNCTIONS}
        self.assertEqual(wanted - named, ELSEWHERE)
        self.assertEqual(named - wanted, NOT_OURS)

    def test_nothing_is_excused_that_does_not_exist(self):
        known = {*settings.listed(), *settings.OF_FUNCTIONS}
        self.assertLessEqual(set(settings.LEFT_ALONE), known)
        for name, reader in settings.LEFT_ALONE_BY:
            self.assertIn(reader, settings.readers(name), name)
        self.assertLessEqual(set(settings.OTHER_DEFAULTS), set(load(ROOT / "infra/template.yaml")["Parameters"]))

    def test_the_list_of_settings_is_read_whole(self):
        text = (ROOT / "server/src/settings.rs").read_text(encoding="utf-8")
        self.assertEqual(len(settings.listed()), len(re.findall(r"^ +of\($|^ +of\(\"", text, re.M)))
        self.assertEqual(settings.listed()["DATABASE_URL"][1], "required")


if __name__ == "__main__":
    update() if os.environ.get("UPDATE") == "1" else unittest.main()
