"""Runs the command blocks of pages of docs/, and compares what comes back with what the pages show.

    run.py PAGE…
    run.py --fresh PAGE…

A page is one session of a shell, in an empty home and an empty folder, beside a system that `make up` has started. Lines
behind `$ ` in blocks marked `console` are typed; the lines below them must be printed, in their order, where `…` stands for
anything, and a lone `…` for other lines. A command must succeed unless an `Error:` is shown below it. `make up` and
`make down` are not typed: whoever calls this has done so.

With `--fresh` every command is typed, in a copy of the source with nothing of ours around it: an empty home, no program of ours
on the path, nothing fetched, and of all that was built the dependencies alone, where there are any (`target`)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from recipes import RECIPES, Bcftools

ROOT = Path(__file__).resolve().parents[2]
NOT_TYPED = ("make up", "make down")
LIMIT = 300
"""Seconds that the commands of a page may take together."""
FRESH_LIMIT = 2_400
"""The same in a copy in which everything is fetched and built."""


@dataclass
class Step:
    line: int
    command: str
    shown: list[str] = field(default_factory=list)


def steps(page: str, is_fresh: bool) -> list[Step]:
    found: list[Step] = []
    inside = False
    for number, line in enumerate(page.splitlines(), 1):
        if line.lstrip().startswith("```"):
            inside = not inside and line.strip() == "```console"
        elif inside and found and found[-1].command.endswith("\\") and not found[-1].shown:
            found[-1].command = found[-1].command.removesuffix("\\") + line.strip()
        elif inside and line.startswith("$ "):
            found.append(Step(number, line.removeprefix("$ ")))
        elif inside and found:
            found[-1].shown.append(line)
    return [step for step in found if is_fresh or not step.command.startswith(NOT_TYPED)]


def complaints(step: Step, printed: str, code: int) -> list[str]:
    wrong = []
    is_refused = any(line.startswith("Error:") for line in step.shown)
    if (code != 0) != is_refused:
        wrong.append(f"ended with {code}")
    lines = printed.splitlines()
    at = 0
    for shown in step.shown:
        if shown.strip() in ("", "…"):
            continue
        pattern = re.compile(".*".join(map(re.escape, shown.rstrip().split("…"))))
        place = next((k for k in range(at, len(lines)) if pattern.fullmatch(lines[k].rstrip())), None)
        if place is None:
            wrong.append(f"does not print {shown!r}")
        else:
            at = place + 1
    return wrong


def beside_a_system(folder: Path) -> dict[str, str]:
    """Makes the folder one in which `make up` was called; gives the environment."""
    for name in (".local", "target"):
        (folder / name).symlink_to(ROOT / name)
    return {
        "PATH": f"{ROOT}/target/debug:{ROOT}/.local/venv/bin:{os.environ['PATH']}",
        "PYTHONPATH": f"{ROOT}/clients/python",
        "DIVBASE_SOURCE": str(ROOT),
    }


def fresh_copy(folder: Path) -> dict[str, str]:
    """Makes the folder a copy of the source; gives the environment, in which nothing but Rust was installed by its user."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    built = ROOT / "target/debug"
    for name in ("deps", "build", ".fingerprint"):
        # Links: Cargo replaces what it makes anew, and makes ours anew, since it knows them by where they lie.
        if (built / name).is_dir():
            shutil.copytree(built / name, folder / "target/debug" / name, copy_function=os.link, symlinks=True)
    home = Path.home()
    return {
        "PATH": os.environ["PATH"],
        "CARGO_HOME": os.environ.get("CARGO_HOME", f"{home}/.cargo"),
        "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", f"{home}/.rustup"),
        **{name: value for name, value in os.environ.items() if name.startswith("CARGO_PROFILE_") or name == "CARGO_INCREMENTAL"},
    }


def run(page: Path, folder: Path, is_fresh: bool) -> list[str]:
    todo = steps(page.read_text(), is_fresh)
    script = ["exec 2>&1"]
    for number, step in enumerate(todo):
        script += [f"printf '\\n@@ {number}\\n'", step.command, "printf '\\n@@ = %d\\n' $?"]
    home, here, typed = folder / "home", folder / "here", folder / "typed"
    home.mkdir()
    here.mkdir()
    typed.write_text("\n".join(script) + "\n")
    environment = fresh_copy(here) if is_fresh else beside_a_system(here)
    environment |= {"HOME": str(home), "LANG": "C.UTF-8"}
    try:
        done = subprocess.run(
            ["bash", "--norc", str(typed)], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=here,
            env=environment, timeout=FRESH_LIMIT if is_fresh else LIMIT,
        )
    finally:
        # What a page that broke off has left.
        if is_fresh:
            subprocess.run(["make", "--silent", "down"], cwd=here, env=environment, check=False)
    parts = re.split(r"\n@@ (\d+)\n", done.stdout)
    answers = dict(zip(map(int, parts[1::2]), parts[2::2]))
    wrong = []
    for number, step in enumerate(todo):
        where = f"{page.relative_to(ROOT)}:{step.line}: `{step.command}`"
        printed, mark, code = answers.get(number, "").rpartition("\n@@ = ")
        if not mark:
            wrong.append(f"{where}: was not finished: {answers.get(number, '')}")
            break
        told = complaints(step, printed, int(code))
        wrong += [f"{where} {one}\n{printed}" for one in told]
    print(f"{page.relative_to(ROOT)}: {len(todo)} commands, {len(wrong)} complaints")
    return wrong


def compare_recipes(folder: Path) -> list[str]:
    """Compares the results that the cookbook's commands left with what bcftools makes of the same files."""
    oracle = folder / "oracle"
    oracle.mkdir()
    files = sorted((folder / "originals").glob("*.vcf.gz"))
    bcftools = Bcftools(f"{ROOT}/.local/venv/bin/bcftools", oracle, files, folder / "originals/herring.tsv")
    wrong, same, empty = [], 0, []
    for name, recipe in RECIPES.items():
        results = sorted(folder.glob(f"{name}.*cf*"))
        results = [path for path in results if not path.name.endswith((".csi", ".tbi"))]
        if len(results) != 1:
            wrong.append(f"recipe {name}: {len(results)} results")
            continue
        have = bcftools.records(results[0]).splitlines()
        want = bcftools.answer(recipe).splitlines()
        if not want:
            empty.append(name)
        if have == want:
            same += 1
            continue
        place = next((k for k, pair in enumerate(zip(have, want)) if pair[0] != pair[1]), min(len(have), len(want)))
        pair = [lines[place][:160] if place < len(lines) else "nothing" for lines in (have, want)]
        wrong.append(f"recipe {name}: {len(have)} records, bcftools {len(want)}; first other {place}:\n  {pair[0]}\n  {pair[1]}")
    if empty:
        wrong.append(f"recipes that select nothing show nothing: {', '.join(empty)}")
    print(f"recipes: {same} of {len(RECIPES)} equal bcftools")
    return wrong


def main(arguments: list[str]) -> int:
    is_fresh = arguments[:1] == ["--fresh"]
    wrong = []
    for name in arguments[is_fresh:]:
        page = Path(name).resolve()
        with tempfile.TemporaryDirectory(prefix="divbase-docs-") as folder:
            wrong += run(page, Path(folder), is_fresh)
            if page.name == "cookbook.md":
                wrong += compare_recipes(Path(folder) / "here")
    for one in wrong:
        print(one, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
