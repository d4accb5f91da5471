"""The recipes for bioconda and Homebrew, completed as for a release, against what those who take them ask for.

The linter of bioconda (bioconda-utils) and `brew style` cannot be had from a package registry of a language. The rules
here are those of the linter's documentation that a recipe of a compiled program can break; Ruby checks the formula's syntax where there
is one."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import jinja2
import yaml

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "infra/packaging"
RELEASE = {
    "@ARCHIVE@": "https://example.org/divbase/archive/refs/tags/v{{ version }}.tar.gz",
    "@SHA256@": "0" * 64,
    "@HOME@": "https://example.org/divbase",
}


def completed(path: Path) -> str:
    text = path.read_text()
    for hole, filled in RELEASE.items():
        text = text.replace(hole, filled)
    return text


def bioconda(text: str) -> list[str]:
    """What the linter would say, by its own names."""
    words = {
        "compiler": lambda language: f"{language}-compiler",
        "pin_subpackage": lambda name, max_pin: f"{name} pinned to {max_pin}",
    }
    recipe = yaml.safe_load(jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(text).render(**words))
    about, build, source = (recipe.get(part) or {} for part in ("about", "build", "source"))
    requirements = recipe.get("requirements") or {}
    order = [part for part in recipe if part in (known := [
        "package", "source", "build", "requirements", "test", "outputs", "about", "extra"])]
    said = {
        "missing_home": not about.get("home"),
        "missing_summary": not about.get("summary"),
        "summary is too long": len(about.get("summary", "")) > 200,
        "missing_license": not about.get("license"),
        "missing_license_file": not (ROOT / about.get("license_file", "nosuch")).is_file(),
        "missing_build_number": not isinstance(build.get("number"), int),
        "missing_run_exports": not build.get("run_exports"),
        "missing_hash": not re.fullmatch("[0-9a-f]{64}", str(source.get("sha256", ""))),
        "uses_vcs_url": any(key.endswith("_url") and key != "url" for key in source),
        "no_tests": not (recipe.get("test") or {}).get("commands"),
        "unknown_selector": "# [" in text,
        "compilers_must_be_in_build": "compiler(" in text and "c-compiler" not in requirements.get("build", []),
        "uses_compiler_name": re.search(r"^\s*- (gcc|clang|rust|llvm)\b", text, re.MULTILINE) is not None,
        "setup_py_install_args": "setup.py" in text,
        "cython_must_be_in_host": False,
        "should_use_platform_names": not set((recipe.get("extra") or {}).get("additional-platforms", [])) <= {"linux-aarch64", "osx-arm64"},
        "wrong order of sections": order != [part for part in known if part in order] or len(order) != len(recipe),
        "version_constraints_missing_whitespace": re.search(r"^\s*- \w+[<>=]", text, re.MULTILINE) is not None,
        "trailing whitespace": re.search(r"[ \t]$", text, re.MULTILINE) is not None,
    }
    return [name for name, holds in said.items() if holds]


def main() -> int:
    wrong = [f"bioconda: {one}" for one in bioconda(completed(PACKAGING / "bioconda/meta.yaml"))]
    cargo = (ROOT / "Cargo.toml").read_text().split("[workspace.package]", 1)[1]
    version = re.search(r'^version = "(.+)"', cargo, re.MULTILINE)
    if version is None or f'set version = "{version[1]}"' not in (PACKAGING / "bioconda/meta.yaml").read_text():
        wrong.append("bioconda: the recipe has another version than the workspace")
    # A check that finds nothing wrong anywhere shows nothing.
    broken = completed(PACKAGING / "bioconda/meta.yaml").replace("  number: 0\n", "").replace("license: MIT", "licence: MIT")
    if not {"missing_build_number", "missing_license"} <= set(bioconda(broken)):
        wrong.append("bioconda: a broken recipe passes")
    formulas = sorted((PACKAGING / "homebrew").glob("*.rb"))
    for formula in formulas:
        text = completed(formula)
        name = "".join(part.capitalize() for part in formula.stem.split("-"))
        if f"class {name} < Formula" not in text:
            wrong.append(f"homebrew: {formula.name} must hold the class {name}")
        if re.search(r'desc "(?:(?:An?|The|[Dd]iv[Bb]ase) .*|.{81,}|.*[.])"', text):
            wrong.append("homebrew: desc begins with an article or the name, is longer than 80 letters, or ends with a full stop")
        if shutil.which("ruby"):
            done = subprocess.run(["ruby", "-wc", "-"], input=text, capture_output=True, text=True)
            if done.returncode != 0 or "warning" in done.stderr:
                wrong.append(f"homebrew: {done.stderr}")
        else:
            print("SKIPPED: there is no Ruby, so the formula's syntax was not checked", file=sys.stderr)
    if not formulas:
        wrong.append("homebrew: there is no formula")
    for one in wrong:
        print(one, file=sys.stderr)
    print(f"packaging: recipe and formula, {len(wrong)} complaints")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
