"""The command line against the public client 0.1.4: the same commands on the same server, turn by turn.

    bench.py --ours PROGRAM [--small 500] [--large-mb 500] [--runs 3]

Wants a system that `make up STACK=server` has started: a store that is quicker than either client, which the emulator is not. Prints `RATIO name value goal`: how many times less time (or memory) ours takes, the
best of the runs on either side. Ends with 1 if a goal is missed."""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
GOALS = {"start-up": 30.0, "small files up": 5.0, "small files down": 5.0, "large file up": 1.5, "large file down": 1.5,
         "query with download": 3.0, "memory of a large download": 3.0}


@dataclass(frozen=True)
class Cost:
    seconds: float
    kib: int


class Client:
    """A client with a home of its own, signed in to the demo's project."""

    def __init__(self, name: str, command: list[str], folder: Path, demo: dict[str, str], more: dict[str, str]) -> None:
        self.name, self.command, self.home = name, command, folder / name
        self.home.mkdir()
        config = self.home / "config"
        config.mkdir()
        self.environment = {
            "HOME": str(self.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "DIVBASE_API_URL": demo["DIVBASE_API_URL"],
            "DIVBASE_CLI_CONFIG_PATH": str(config / "config.yaml"), "DIVBASE_CLI_TOKENS_PATH": str(config / "tokens"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", **more,
        }
        url = demo["DIVBASE_API_URL"]
        self.run("auth", "login", demo["DIVBASE_EMAIL"], "--divbase-url", url, typed=demo["DIVBASE_PASSWORD"] + "\n")
        self.run("config", "add", demo["DIVBASE_PROJECT"], "--divbase-url", url, "--default")

    def run(self, *arguments: str, typed: str = "") -> Cost:
        """Runs a command; it must succeed."""
        read, write = os.pipe()
        begin = time.monotonic()
        child = os.fork()
        if child == 0:  # A child of its own, so that its memory is not that of one before.
            os.close(read)
            done = subprocess.run([*self.command, *arguments], input=typed, capture_output=True, text=True,
                                  env=self.environment, cwd=self.home)
            kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            text = f"{done.returncode} {kib}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            os.write(write, text.encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as pipe:
            head, _, said = pipe.read().partition("\n")
        os.waitpid(child, 0)
        seconds = time.monotonic() - begin
        code, kib = map(int, head.split())
        if code != 0:
            raise SystemExit(f"{self.name} {' '.join(arguments)} ended with {code}: {said}")
        self.said = said
        return Cost(seconds, kib)


def best(costs: list[Cost]) -> Cost:
    return Cost(min(cost.seconds for cost in costs), min(cost.kib for cost in costs))


def one_query(client: Client, ours: bool, turn: str) -> Cost:
    """From the question to the file. Each turn asks something else, so that nothing is answered from before."""
    ask = ["query", "vcf", "--samples", "S01,S45", "--command", f"view -r scaffold_2:{turn}-400000"]
    if ours:
        return client.run(*ask, "-o", str(client.home / "result.vcf.gz"))
    begin = time.monotonic()
    submitted = client.run(*ask)
    number = "".join(filter(str.isdigit, client.said.split("task id:", 1)[1].split(".")[0].split()[0]))
    fetched = client.run("query", "get-vcf-results", number, "--download-dir", str(client.home))
    return Cost(time.monotonic() - begin, max(submitted.kib, fetched.kib))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--ours", type=Path, required=True)
    parser.add_argument("--small", type=int, default=500)
    parser.add_argument("--large-mb", type=int, default=500)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    lines = (ROOT / ".local/up-server/demo.env").read_text().splitlines()
    pairs = (line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export "))
    demo = {name: value.strip("'") for name, value in pairs}
    clients = ROOT / ".local/clients"
    with tempfile.TemporaryDirectory(prefix="divbase-bench-") as name:
        folder = Path(name)
        ours = Client("ours", [str(given.ours.resolve())], folder, demo, {})
        theirs = Client("theirs", [str(clients / "venv/bin/python"), str(clients / "0.1.4/bin/divbase-cli")], folder, demo,
                        {"PYTHONPATH": str(clients / "0.1.4")})
        costs: dict[str, dict[str, list[Cost]]] = {}
        random.seed(4)
        large = folder / "large.tsv"
        with large.open("wb") as file:
            for _ in range(given.large_mb):
                file.write(random.randbytes(1_000_000))
        small = folder / "small"
        small.mkdir()
        for number in range(given.small):
            (small / f"s{number}.tsv").write_bytes(random.randbytes(2_000))
        names = sorted(path.name for path in small.iterdir())
        for turn in range(given.runs):
            for client in (ours, theirs):
                def note(what: str, cost: Cost) -> None:
                    costs.setdefault(what, {}).setdefault(client.name, []).append(cost)

                note("start-up", best([client.run("--version") for _ in range(5)]))
                place = f"bench-{client.name}-{os.getpid()}-{turn}"
                paths = [str(small / one) for one in names]
                note("small files up", client.run("files", "upload", *paths, "--to", place))
                down = client.home / "down"
                shutil.rmtree(down, ignore_errors=True)
                down.mkdir()
                keys = [f"{place}/{one}" for one in names]
                note("small files down", client.run("files", "download", *keys, "--download-dir", str(down)))
                if sum(1 for path in down.rglob("*.tsv")) != given.small:
                    raise SystemExit(f"{client.name}: not all files came")
                note("large file up", client.run("files", "upload", str(large), "--to", place))
                fetched = client.run("files", "download", f"{place}/large.tsv", "--download-dir", str(down))
                note("large file down", fetched)
                note("query with download", one_query(client, client is ours, str(1000 * turn + (client is ours) + 1)))
                shutil.rmtree(down)
                ours.run("files", "rm", *keys, f"{place}/large.tsv")
        missed = 0
        for what, goal in GOALS.items():
            of_memory = what.startswith("memory")
            sides = costs["large file down" if of_memory else what]
            one, other = (best(sides[client]) for client in ("ours", "theirs"))
            ratio = other.kib / one.kib if of_memory else other.seconds / one.seconds
            figures = f"{one.kib} KiB, {other.kib} KiB" if of_memory else f"{one.seconds:.3f} s, {other.seconds:.3f} s"
            print(f"RATIO {what.replace(' ', '-')} {ratio:.2f} {goal:g}  # ours {figures}", flush=True)
            missed += ratio < goal
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
