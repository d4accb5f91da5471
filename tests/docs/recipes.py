"""What bcftools answers to each recipe of docs/guides/cookbook.md, from the files themselves.

Nothing of DivBase is used here: samples are chosen from the table by Python, each file goes through `bcftools view`, files
of the same samples are concatenated and the rest is merged, as the cookbook says that DivBase does."""

from __future__ import annotations

import csv
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

Row = dict[str, str]


def number(text: str) -> float:
    """A cell as a number; a missing one is no number and matches nothing."""
    return float(text) if text else float("nan")


@dataclass(frozen=True)
class Recipe:
    """The question in bcftools' terms. `stages` are arguments of successive `bcftools view`."""

    stages: tuple[tuple[str, ...], ...]
    samples: Callable[[Row], bool] | None = None
    cohort: bool = False
    files: Callable[[str], bool] = lambda _: True
    merge: tuple[str, ...] = ()


def view(*arguments: str) -> tuple[str, ...]:
    return arguments


EVERYTHING = (view(),)
RECIPES: dict[str, Recipe] = {
    "01": Recipe(EVERYTHING),
    "02": Recipe((view("-r", "scaffold_2"),)),
    "03": Recipe((view("-r", "scaffold_1:1-100000"),)),
    "04": Recipe((view("-r", "scaffold_1:1-100000,scaffold_3"),)),
    "05": Recipe((view("-r", "scaffold_1:1-50000,scaffold_1:90001-120000,scaffold_2:1-40000"),)),
    "06": Recipe((view("-t", "^scaffold_1"),)),
    "07": Recipe((view("-r", "scaffold_3"),), lambda row: row["Sample_ID"] in {"S01", "S02", "S45"}),
    "08": Recipe((view("-r", "scaffold_3"),), lambda row: row["Sample_ID"] in {"S03", "S31"}),
    "09": Recipe((view("-r", "scaffold_3"),), lambda row: row["Area"] == "North"),
    "10": Recipe((view("-r", "scaffold_3"),), lambda row: row["Area"] in {"North", "West"} and row["Sex"] == "F"),
    "11": Recipe((view("-r", "scaffold_3"),), lambda row: number(row["Weight"]) > 250),
    "12": Recipe((view("-r", "scaffold_3"),), lambda row: 2015 <= number(row["Year"]) <= 2018),
    "13": Recipe((view("-r", "scaffold_3"),), lambda row: row["Area"] != "South"),
    "14": Recipe((view("-r", "scaffold_3"),), lambda row: row["Weight"] != ""),
    "15": Recipe((view("-r", "scaffold_3"),), lambda row: row["Area"] == "North" or number(row["Weight"]) < 200),
    "16": Recipe((view("-v", "snps"),)),
    "17": Recipe((view("-v", "indels"),)),
    "18": Recipe((view("-m2", "-M2", "-v", "snps"),)),
    "19": Recipe((view("-i", "QUAL>=30"),)),
    "20": Recipe((view("-f", "PASS"),)),
    "21": Recipe((view("-i", "INFO/DP>100 && MQ>=40"),)),
    "22": Recipe((view("-e", "FILTER~\"LowQual\" || QUAL<10"),)),
    "23": Recipe((view("-r", "scaffold_1:1-200000,scaffold_2"), view("-i", "QUAL>=30 && N_ALT==1"))),
    "24": Recipe((view("-c", "1"),), lambda row: row["Area"] == "East", cohort=True),
    "25": Recipe((view("-q", "0.05:minor"),), cohort=True),
    "26": Recipe((view("-i", "F_MISSING<0.1"),), cohort=True),
    "27": Recipe((view("-r", "scaffold_2"),), files=lambda name: ".g1." in name),
    "28": Recipe((view("-r", "scaffold_2"),), merge=("-0",)),
    "29": Recipe((view("-r", "scaffold_2"),), merge=("-i", "DP:max")),
    "30": Recipe((view("-r", "scaffold_2"), view("-G"))),
}


class Bcftools:
    """bcftools over the files of the project, with a folder for what comes between."""

    def __init__(self, program: str, folder: Path, files: list[Path], table: Path) -> None:
        self.program, self.folder, self.files = program, folder, sorted(files)
        with table.open(newline="") as opened:
            lines = opened.read().removeprefix("#").splitlines()
        self.rows = list(csv.DictReader(lines, delimiter="\t"))
        self.made = 0
        for file in self.files:
            self.run("index", "--force", str(file))

    def run(self, *arguments: str) -> str:
        done = subprocess.run([self.program, *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"bcftools {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def write(self, *arguments: str) -> Path:
        """Runs a command whose output is a file, and indexes it."""
        self.made += 1
        path = self.folder / f"oracle_{self.made}.bcf"
        self.run(*arguments, "-Ob", "-o", str(path))
        self.run("index", str(path))
        return path

    def samples(self, path: Path) -> list[str]:
        return self.run("query", "--list-samples", str(path)).splitlines()

    def stages(self, path: Path, recipe: Recipe, kept: list[str] | None) -> Path:
        for position, stage in enumerate(recipe.stages):
            chosen = ("-s", ",".join(kept)) if kept is not None and position == 0 else ()
            path = self.write("view", *chosen, *stage, str(path))
        return path

    def join(self, paths: list[Path], merge: tuple[str, ...]) -> Path:
        groups: dict[str, list[Path]] = {}
        for path in paths:
            groups.setdefault("\n".join(self.samples(path)), []).append(path)
        wholes = []
        for key in sorted(groups):
            group = groups[key]
            whole = group[0]
            if len(group) > 1:
                whole = self.write("concat", "--allow-overlaps", *map(str, group))
            wholes.append(whole)
        return wholes[0] if len(wholes) == 1 else self.write("merge", *merge, *map(str, wholes))

    def answer(self, recipe: Recipe) -> str:
        """The records, without header."""
        wanted = None
        if recipe.samples is not None:
            wanted = {row["Sample_ID"] for row in self.rows if recipe.samples(row)}
        parts = []
        for file in filter(lambda path: recipe.files(path.name), self.files):
            kept = None if wanted is None else [name for name in self.samples(file) if name in wanted]
            if kept == []:
                continue
            if recipe.cohort:
                parts.append(file if kept is None else self.write("view", "-s", ",".join(kept), str(file)))
            else:
                parts.append(self.stages(file, recipe, kept))
        whole = self.join(parts, recipe.merge)
        if recipe.cohort:
            whole = self.stages(whole, recipe, None)
        return self.records(whole)

    def records(self, path: Path) -> str:
        return self.run("view", "--no-header", str(path))
