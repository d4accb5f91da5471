"""The completion script for PowerShell: driven where there is a PowerShell, else parsed by its grammar.

A PowerShell that can be installed from a package registry of Debian, Python or npm does not exist."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import tree_sitter
import tree_sitter_powershell

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "cli/src/completion/scripts/divbase-cli.ps1"
LINES = {"divbase-cli fi": {"files"}, "divbase-cli files do": {"download", "download-all"}}


def faults(text: str) -> list[str]:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    found, todo = [], [parser.parse(text.encode()).root_node]
    while todo:
        node = todo.pop()
        if node.is_error or node.is_missing:
            found.append(f"line {node.start_point[0] + 1}: {text.encode()[node.start_byte:node.end_byte][:60]!r}")
        todo += node.children
    return found


def driven(shell: str) -> list[str]:
    wrong = []
    for line, wanted in LINES.items():
        ask = f"$env:PATH = '{ROOT}/target/debug' + [IO.Path]::PathSeparator + $env:PATH; . '{SCRIPT}'; " \
            f"(TabExpansion2 '{line}' {len(line)}).CompletionMatches.CompletionText"
        done = subprocess.run([shell, "-NoProfile", "-NonInteractive", "-Command", ask], capture_output=True, text=True)
        if set(done.stdout.split()) != wanted:
            wrong.append(f"{line}: {done.stdout}{done.stderr}")
    return wrong


def main() -> int:
    text = SCRIPT.read_text()
    if not faults(text.replace("}", "", 1)):
        sys.exit("the grammar finds no fault in a broken script")
    wrong = faults(text)
    shell = shutil.which("pwsh")
    if shell:
        wrong += driven(shell)
    for one in wrong:
        print(f"{SCRIPT.name}: {one}", file=sys.stderr)
    print(f"completion for PowerShell: parsed{', driven' if shell else ' (there is no PowerShell to drive)'}, {len(wrong)} complaints")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
