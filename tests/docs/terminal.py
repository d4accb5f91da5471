"""The command line in a real terminal (tmux) of 80 and of 120 columns: prompts, progress, tables, Ctrl-C, going on, colours, and
completion by the Tab key in bash, zsh and fish.

Wants a system that `make up` has started. The screens are compared with those in `tests/docs/screens`, where `…` stands for what
differs; `--write` writes them anew, to be looked at and committed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
"""Seconds until something must stand on the screen."""
PROMPT = "ready$ "
TABS_AT_MOST = 3
SCREENS = ROOT / "tests/docs/screens"
LARGE_MB = 400
"""Size of the file whose transfer is interrupted: more than 96 MiB, from which on uploads go on where they were."""
DIFFERS = [
    (r"(\^C ?)?[⠀-⣿] (Waiting for task|Task) \d+.*?(?=Cancel)", "… "),
    (r"http://[0-9.]+:\d+", "http://…"),
    (r"/tmp/divbase-tty-\w+", "/tmp/…"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d", "…"),
    (r"[Tt]ask \d+", "task …"),
    (r"(get-vcf-results|cancel|result_of_job_) ?\d+", r"\1 …"),
    (r"Request ID: [0-9a-f-]+", "Request ID: …"),
    (r"ended-\d+=", "ended-…="),
    (r"scaffold_1:\d+-", "scaffold_1:…-"),
    (r"\(\d+ records, (\d+) samples, [0-9.]+ .B\)", r"(… records, \1 samples, …)"),
    (r"\d+ of (\d+) parts", r"… of \1 parts"),
    (r"(┌|└|╞)\S+", r"\1…"),
    (r"\b[0-9a-f-]{8,}", "…"),
]
"""What is another thing each time."""


class Terminal:
    """A shell in a terminal of so many columns, in an empty home."""

    def __init__(self, folder: Path, columns: int, demo: dict[str, str]) -> None:
        self.socket = str(folder / "tmux")
        self.typed = 0
        self.columns = columns
        home = folder / "home"
        home.mkdir()
        environment = {**demo, "HOME": str(home), "PATH": f"{ROOT}/target/debug:/usr/bin:/bin", "PS1": PROMPT, "LANG": "C.UTF-8",
                       "TERM": "xterm-256color", "NO_COLOR": ""}
        pairs = [f"{name}={value}" for name, value in environment.items()]
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", "45", "-c", str(home),
                  shlex.join(["env", "-i", *pairs, "bash", "--norc", "--noprofile"]))
        self.until(PROMPT.strip())

    def tmux(self, *arguments: str) -> str:
        done = subprocess.run(["tmux", "-S", self.socket, *arguments], capture_output=True, text=True, check=True)
        return done.stdout

    def screen(self, escapes: bool = False) -> str:
        return self.tmux("capture-pane", "-p", "-t", "0", *(["-e"] if escapes else []))

    def until(self, text: str, also: str = "") -> str:
        """Waits until both stand on the screen; answers with the screen."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            screen = self.screen()
            if text in screen and also in screen:
                return screen
            time.sleep(0.02)
        raise SystemExit(f"{text!r} did not come:\n{self.screen()}")

    def key(self, *keys: str) -> None:
        self.tmux("send-keys", "-t", "0", *keys)

    def type(self, line: str) -> None:
        self.tmux("send-keys", "-t", "0", "-l", line)
        self.key("Enter")

    def begin(self, command: str) -> None:
        """Types a command on an empty screen: what stood there before is not taken for its output."""
        self.typed += 1
        self.type(f"clear; echo emp''ty-{self.typed}")
        end = time.monotonic() + PATIENCE
        while self.screen().split() != [f"empty-{self.typed}", PROMPT.strip()]:
            if time.monotonic() > end:
                raise SystemExit(f"the screen is not empty:\n{self.screen()}")
            time.sleep(0.01)
        self.type(f"{command}; echo ended-{self.typed}=$?.")

    def end(self, code: int) -> str:
        """Waits until the command has ended, which must be so; answers with the screen."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            screen = self.screen().removeprefix(f"empty-{self.typed}\n")
            ended = re.search(rf"^ended-{self.typed}=(\d+)\.", screen, re.MULTILINE)
            if ended:
                require(int(ended[1]) == code, f"ended with {ended[1]} instead of {code}", screen)
                return screen
            time.sleep(0.02)
        raise SystemExit(f"the command did not end:\n{self.screen()}")

    def run(self, command: str, code: int = 0) -> str:
        self.begin(command)
        return self.end(code)

    def until_sent(self, name: str, megabytes: int) -> None:
        """Waits until so much of a file has gone over, as its bar shows."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            bar = re.search(rf"^{re.escape(name)} +([0-9.]+) MB / ", self.screen(), re.MULTILINE)
            if bar and float(bar[1]) >= megabytes:
                return
            time.sleep(0.01)
        raise SystemExit(f"{name} did not get to {megabytes} MB:\n{self.screen()}")

    def offered(self, text: str) -> None:
        """Presses Tab as often as shells want it (the first may complete what is common, the second list the rest)."""
        for _ in range(TABS_AT_MOST):
            self.key("Tab")
            end = time.monotonic() + 2
            while time.monotonic() < end:
                # A long line goes on in the next row.
                if text in self.screen().replace("\n", ""):
                    return
                time.sleep(0.02)
        raise SystemExit(f"Tab does not offer {text!r}:\n{self.screen()}")

    def give_up_line(self) -> None:
        """Out of a list, if there is one, and to an empty line. A completion that still runs swallows a Ctrl-C."""
        for _ in range(TABS_AT_MOST):
            self.key("C-c")
            self.type("clear; echo go''ne")
            end = time.monotonic() + 2
            while time.monotonic() < end:
                if any(line.strip() == "gone" for line in self.screen().splitlines()):
                    return
                time.sleep(0.02)
        raise SystemExit(f"the line was not given up:\n{self.screen()}")

    def close(self) -> None:
        self.tmux("kill-server")


def plain(screen: str, columns: int) -> str:
    """A screen without what differs each time, lines and spaces included: numbers have more or fewer digits."""
    lines = (line if len(line) == columns else f"{line} " for line in screen.splitlines())
    text = " ".join("".join(lines).split())
    for pattern, instead in DIFFERS:
        text = re.sub(pattern, instead, text)
    return text.replace(" ", "")


def compare(terminal: Terminal, name: str, screen: str) -> None:
    """Holds a screen against the one that somebody has looked at."""
    path = SCREENS / f"{name}-{terminal.columns}.txt"
    shown = "\n".join(line.rstrip() for line in screen.rstrip().splitlines()) + "\n"
    if "--write" in sys.argv:
        SCREENS.mkdir(exist_ok=True)
        if not path.is_file() or plain(path.read_text(), terminal.columns) != plain(shown, terminal.columns):
            path.write_text(shown)
        return
    known = path.read_text()
    same = plain(known, terminal.columns) == plain(shown, terminal.columns)
    require(same, f"{path.relative_to(ROOT)} shows something else:\n{known}\nnow", screen)


def require(holds: bool, what: str, screen: str) -> None:
    if not holds:
        raise SystemExit(f"{what}:\n{screen}")


def sign_in(terminal: Terminal, demo: dict[str, str]) -> None:
    terminal.begin('divbase-cli auth login "$DIVBASE_EMAIL"')
    terminal.until("Enter your password")
    terminal.type(demo["DIVBASE_PASSWORD"])
    screen = terminal.end(0)
    require(demo["DIVBASE_PASSWORD"] not in screen, "the password is shown", screen)
    compare(terminal, "login", screen)
    compare(terminal, "config-add", terminal.run("divbase-cli config add herring --default"))


def questions(terminal: Terminal) -> None:
    """A question that waits for an answer, and Ctrl-C at it."""
    terminal.begin("divbase-cli files download-all")
    terminal.until("[y/N]")
    terminal.key("C-c")
    screen = terminal.end(130)
    require("Do you want to download them? [y/N]" in screen, "no question", screen)


def a_wait_that_is_given_up(terminal: Terminal) -> None:
    """Ctrl-C ends the wait, asks whether the task is to end, too, and says how to come back."""
    first = int(time.time()) % 100_000 + terminal.columns
    for turn, (key, says) in enumerate((("n", "goes on at the server"), ("C-c", ""), ("y", "Interrupted: Task"))):
        ask = f"divbase-cli query vcf --all-samples --command 'view -r scaffold_1:{first + turn}-' --no-cache -o all.vcf.gz"
        terminal.begin(ask)
        terminal.until("Submitted as task")
        terminal.key("C-c")
        terminal.until("at the server, too? [y/N]")
        terminal.key(key)
        if key != "C-c":
            terminal.key("Enter")
        screen = terminal.end(130)
        flat = " ".join(screen.split())
        require(says in flat, f"Ctrl-C and {key} does not say {says}", screen)
        if key == "n":
            compare(terminal, "interrupted-query", screen)
            number = screen.split("Submitted as task ", 1)[1].split(".", 1)[0]
            screen = terminal.run(f"divbase-cli query get-vcf-results {number}")
            require("Successfully downloaded" in screen, "coming back", screen)
            compare(terminal, "results", screen)


def transfers(terminal: Terminal, home: Path) -> None:
    """Progress of a large file, Ctrl-C on the way, and going on."""
    large = home / "l.tsv"
    with large.open("wb") as file:
        for _ in range(LARGE_MB):
            file.write(os.urandom(1_000_000))
    place = f"t{terminal.columns}"
    upload = f"divbase-cli files upload l.tsv --to {place}"
    name = f"{place}/l.tsv"
    terminal.begin(upload)
    terminal.until(f"Reading {name}")
    terminal.until_sent(name, 120)
    terminal.key("C-c")
    screen = terminal.end(130)
    require("goes on with the parts that are missing" in " ".join(screen.split()), "nothing is said of going on", screen)
    screen = terminal.run(upload)
    compare(terminal, "upload-goes-on", screen)
    require(len(re.findall(rf"^{re.escape(name)} ", screen, re.MULTILINE)) == 0, "a bar is left on the screen", screen)

    (home / "down").mkdir()
    download = f"divbase-cli files download {name} --flatten --download-dir down"
    terminal.begin(download)
    terminal.until_sent(name, 60)
    terminal.key("C-c")
    screen = terminal.end(130)
    require("goes on with those files where it stopped" in " ".join(screen.split()), "nothing is said of going on", screen)
    require(not (home / "down/l.tsv").exists(), "a torn file has the name of a whole one", screen)
    compare(terminal, "download-goes-on", terminal.run(download))
    terminal.run("cmp l.tsv down/l.tsv && ls -A down | wc -l | grep -Fx 1")
    terminal.run(f"divbase-cli --quiet files rm {name}")


def tables(terminal: Terminal) -> None:
    for name, command in (
        ("files", "files info herring.tsv"), ("versions", "version ls"), ("scaffolds", "dimensions show --unique-scaffolds"),
        ("config", "config show"),
    ):
        compare(terminal, name, terminal.run(f"divbase-cli {command}"))
    screen = terminal.run("divbase-cli task-history user --limit 5")
    # Tasks of other kinds, which other examples leave, have no command.
    rows = [line for line in screen.splitlines() if " vcf " in line and ("SUCCESS" in line or "REVOKED" in line)]
    require(bool(rows) and all(" view -r" in line for line in rows), "history is not one line a task, command included", screen)
    require(all(word in screen for word in ("Kind", "Project", "Command or result")), "history lacks a column", screen)


def colours(terminal: Terminal) -> None:
    screen = terminal.run("divbase-cli task-history id 999999999", code=1)
    compare(terminal, "refused", screen)
    require("\x1b[" in terminal.screen(escapes=True), "no colour on a terminal", terminal.screen(escapes=True))
    terminal.run("NO_COLOR=1 divbase-cli task-history id 999999999", code=1)
    coloured = terminal.screen(escapes=True)
    require("\x1b[1" not in coloured and "\x1b[3" not in coloured, "colour although NO_COLOR is set", coloured)


# What is typed, and what stands on the screen when Tab was pressed.
TABS = [
    ("divbase-cli task-h", "divbase-cli task-history"),
    ("divbase-cli files do", "download-all"),
    ("divbase-cli files info herring.t", "files info herring.tsv"),
    ("divbase-cli query vcf --project herr", "--project herring"),
    ("divbase-cli query vcf --samples S01,S4", "S01,S45"),
    ('divbase-cli query vcf --command "view -r scaffold_', "scaffold_3"),
    ('divbase-cli query vcf --command "view -m2 -r scaffold_1,scaffold_', "scaffold_2"),
    ('divbase-cli query vcf --metadata-tsv-name herring.tsv --tsv-filter "Are', '"Area:'),
    ('divbase-cli query tsv --metadata-tsv-name herring.tsv "Area:North;Yea', "Area:North;Year:"),
]
SHELLS = {
    "bash": ("bash --norc --noprofile", "source <(divbase-cli --show-completion bash)"),
    "zsh": ("zsh -f", "autoload -Uz compinit && compinit -u -D && source <(divbase-cli --show-completion zsh)"),
    "fish": ("fish --no-config", "divbase-cli --show-completion fish | source"),
}


def completion(terminal: Terminal) -> None:
    """The Tab key in each shell, at each level, with names of the server."""
    for shell, (start, source) in SHELLS.items():
        if shutil.which(shell) is None:
            print(f"SKIPPED: {shell} is not installed, so its completion was not driven", file=sys.stderr)
            continue
        terminal.type(f"clear; {start}")
        terminal.type(f"{source}; echo sour''ced-{shell}")
        terminal.until(f"sourced-{shell}")
        for typed, offered in TABS:
            terminal.key("C-l")
            terminal.tmux("send-keys", "-t", "0", "-l", typed)
            terminal.offered(offered)
            terminal.give_up_line()
        terminal.type("exit")
        terminal.type("clear; echo ba''ck")
        terminal.until("back")


def walk(terminal: Terminal, home: Path, demo: dict[str, str]) -> None:
    sign_in(terminal, demo)
    questions(terminal)
    a_wait_that_is_given_up(terminal)
    tables(terminal)
    colours(terminal)
    transfers(terminal, home)
    completion(terminal)


def main() -> int:
    lines = (ROOT / ".local/up/demo.env").read_text().splitlines()
    pairs = (line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export "))
    demo = {name: value.strip("'") for name, value in pairs}
    for columns in (80, 120):
        with tempfile.TemporaryDirectory(prefix="divbase-tty-", ignore_cleanup_errors=True) as name:
            terminal = Terminal(Path(name), columns, demo)
            try:
                walk(terminal, Path(name) / "home", demo)
            finally:
                terminal.close()
        print(f"terminal of {columns} columns: as it should be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
