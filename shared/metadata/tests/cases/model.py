#!/usr/bin/env python3
"""The published metadata rules in compat mode, as a small model on top of pandas.

Reads `questions.tsv` (table, filter, project) and writes `compat.tsv` with the answers. The model follows the written
rules and knows nothing of the Rust library, so that the two can disagree. Needs pandas 2.3.3, which `tests/bench/metadata.sh` installs:

    .local/bench-venv/bin/python shared/metadata/tests/cases/model.py
"""

import ast
import csv
import io
import math
import pathlib
import re

import pandas

HERE = pathlib.Path(__file__).parent
NUMBER = r"-?\d+(?:\.\d*)?"


class Refused(Exception):
    """The question has no answer; the text is the code of the reason."""


def table_text(name):
    if name.startswith("="):
        return name[1:].replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r").replace("\\b", "\ufeff")
    return (HERE / "tables" / f"{name}.tsv").read_bytes().decode()


def is_missing(value):
    return value is None or (isinstance(value, float) and math.isnan(value))


def cell_value(value):
    """A cell as it is compared: text trimmed, text that begins with a bracket read as a list."""
    if isinstance(value, str):
        value = value.strip()
        if value == "":
            return None
        if value.startswith("["):
            return ast.literal_eval(value)
    return value


def is_number(value):
    try:
        float(value)
        return True
    except (TypeError, ValueError):
        return False


def class_of(values):
    """numeric, string or mixed, by every cell that is not missing."""
    kinds = set()
    for value in values:
        if is_missing(value):
            continue
        if isinstance(value, list):
            kinds.add("numeric" if value and all(isinstance(e, (int, float)) for e in value) else "string")
        else:
            kinds.add("numeric" if is_number(value) else "string")
    return "mixed" if len(kinds) == 2 else kinds.pop() if kinds else "numeric"


def load(text):
    frame = pandas.read_csv(io.StringIO(text), sep="\t")
    frame.columns = [name.lstrip("#") for name in frame.columns]
    return frame, {name: [cell_value(v) for v in frame[name].tolist()] for name in frame.columns}


def format_warnings(text):
    """Outer blanks, semicolons and commas, per column, from the cells as they stand in the file."""
    header, *rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter="\t") if row]
    warnings = []
    for at, raw_name in enumerate(header):
        name, cells = raw_name.lstrip("#"), [row[at] for row in rows]
        plain = [c.strip() for c in cells if not c.strip().startswith("[") and not is_number(c)]
        if any(c != c.strip() for c in cells):
            warnings.append(f"blanks({name})")
        if name != "Sample_ID" and any(";" in c for c in plain):
            warnings.append(f"semicolon({name})")
        if any("," in c for c in plain):
            warnings.append(f"comma({name})")
    return warnings


def number_test(body):
    """The test a value on a numeric column stands for, or None if it is no number."""
    if body.startswith(("=<", "=>")):
        raise Refused("reversed_operator")
    if match := re.fullmatch(rf"(>=|<=|>|<)({NUMBER})", body):
        bound = float(match[2])
        return {
            ">": lambda x: x > bound, ">=": lambda x: x >= bound, "<": lambda x: x < bound, "<=": lambda x: x <= bound,
        }[match[1]]
    if match := re.fullmatch(rf"({NUMBER})-({NUMBER})", body):
        low, high = float(match[1]), float(match[2])
        test = lambda x: low <= x <= high
        test.reversed = low > high
        return test
    try:
        wanted = float(body) if "." in body else int(body)
    except ValueError:
        return None
    return lambda x: x == wanted


def split_values(values):
    parts, quoted = [""], False
    for letter in values:
        if letter == '"':
            quoted = not quoted
        elif letter == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def elements(value):
    if isinstance(value, list):
        return value
    return [] if is_missing(value) else [value]


def clause_mask(clause, columns, warnings):
    """Which rows satisfy one clause; None if it sets no condition."""
    key, values = (part.strip() for part in clause.split(":", 1))
    if key not in columns:
        warnings.append(f"unknown({key})")
        return None
    cells = columns[key]
    kind = "string" if key == "Sample_ID" else class_of(cells)
    if kind == "mixed":
        warnings.append(f"mixed({key})")
    wanted, unwanted = [], []
    given = split_values(values)
    for value in given:
        body = value[1:].strip() if value.startswith("!") else value
        if kind == "numeric":
            test = number_test(body)
            if test is None:
                continue
            if getattr(test, "reversed", False):
                warnings.append(f"reversed({key})")
            one = lambda cell, test=test: any(test(float(e) if isinstance(e, str) else e) for e in elements(cell))
        else:
            if body.startswith((">", "<")):
                warnings.append(f"operator({key})")
            one = lambda cell, body=body: any(str(e) == body for e in elements(cell))
        (unwanted if value.startswith("!") else wanted).append(one)
    if given and not wanted and not unwanted:
        warnings.append(f"numbers({key})")
        return None
    mask = [
        (any(test(cell) for test in wanted) if wanted else True) and not any(test(cell) for test in unwanted)
        for cell in cells
    ]
    if not any(mask):
        warnings.append(f"unmatched({key})")
    return mask


def answer(text, query, project):
    frame, columns = load(text)
    ids = [str(value) for value in columns["Sample_ID"]]
    warnings = format_warnings(text)
    if project is not None:
        if any(i not in project for i in ids):
            raise Refused("dimensions")
        if any(p not in ids for p in project):
            warnings.append("absent")
    masks = []
    if query.strip():
        parts = [part for part in query.split(";") if part.strip()]
        if any(":" not in part for part in parts):
            raise Refused("no_colon")
        masks = [mask for mask in (clause_mask(part, columns, warnings) for part in parts) if mask is not None]
        if not masks:
            raise Refused("nothing_usable")
    selected = [i for at, i in enumerate(ids) if all(mask[at] for mask in masks)]
    if selected and not any(isinstance(value, str) for value in columns["Sample_ID"]):
        raise Refused("numeric_ids")
    return selected, warnings


def main():
    lines = (HERE / "questions.tsv").read_text().splitlines()
    out = ["# Written by model.py from questions.tsv: mode, table, filter, project, samples, warnings, errors."]
    for line in lines:
        if not line or line.startswith("# "):
            continue
        table, query, project = (line.split("\t") + ["", "-"])[:3]
        known = None if project in ("", "-") else project.split(",")
        try:
            samples, warnings = answer(table_text(table), query, known)
            found = [",".join(samples) or "none", " ".join(warnings) or "-", "-"]
        except Refused as reason:
            found = ["-", "-", str(reason)]
        out.append("\t".join(["compat", table, query, project or "-", *found]))
    (HERE / "compat.tsv").write_text("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
