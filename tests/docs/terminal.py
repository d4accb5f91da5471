"""The command line in a real terminal (tmux) of 80 and of 120 columns: prompts, progress, tables, Ctrl-C, coming back, colours.

Wants a system that `make up` has started. `--show` prints the screens, to be looked at."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
"""Seconds until something must stand on the screen."""
PROMPT = "ready$ "


class Terminal:
    """A shell in a terminal of so many columns, in an empty home."""

    def __init__(self, folder: Path, columns: int, demo: dict[str, str]) -> None:
        self.socket = str(folder / "tmux")
        self.screens: list[str] = []
        self.typed = 0
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
        """Types a command on an empty screen."""
        self.typed += 1
        self.type(f"clear; {command}; echo ended-{self.typed}=$?.")

    def end(self, code: int) -> str:
        """Waits until the command has ended, which must be so; answers with the screen."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            screen = self.screen()
            ended = re.search(rf"^ended-{self.typed}=(\d+)\.", screen, re.MULTILINE)
            if ended:
                self.screens.append(screen)
                require(int(ended[1]) == code, f"ended with {ended[1]} instead of {code}", screen)
                return screen
            time.sleep(0.02)
        raise SystemExit(f"the command did not end:\n{self.screen()}")

    def run(self, command: str, code: int = 0) -> str:
        self.begin(command)
        return self.end(code)

    def close(self) -> None:
        self.tmux("kill-server")


def require(holds: bool, what: str, screen: str) -> None:
    if not holds:
        raise SystemExit(f"{what}:\n{screen}")


def walk(terminal: Terminal, columns: int, demo: dict[str, str]) -> None:
    terminal.begin('divbase-cli auth login "$DIVBASE_EMAIL"')
    terminal.until("Enter your password")
    terminal.type(demo["DIVBASE_PASSWORD"])
    screen = terminal.end(0)
    require(demo["DIVBASE_PASSWORD"] not in screen, "the password is shown", screen)
    require("Logged in successfully" in screen, "no login", screen)
    terminal.run("divbase-cli config add herring --default")

    # A question that waits for an answer, and Ctrl-C at it.
    terminal.begin("divbase-cli files download-all")
    terminal.until("[y/N]")
    terminal.key("C-c")
    terminal.end(130)

    # Ctrl-C ends the wait and says how to come back; the task goes on.
    lower = int(time.time()) % 100_000 + columns
    terminal.begin(f"divbase-cli query vcf --all-samples --command 'view -r scaffold_1:{lower}-' --no-cache -o all.vcf.gz")
    terminal.until("Submitted as task")
    terminal.key("C-c")
    screen = terminal.end(130)
    flat = screen.replace("\n", "")
    require("goes on at the server" in flat and "get-vcf-results" in flat, "Ctrl-C does not say how to go on", screen)
    number = screen.split("Submitted as task ", 1)[1].split(".", 1)[0]
    screen = terminal.run(f"divbase-cli query get-vcf-results {number}")
    require("Successfully downloaded" in screen, "coming back", screen)

    for command in ("task-history user", "files ls --detailed", "version ls", "dimensions show --unique-scaffolds", "config show"):
        screen = terminal.run(f"divbase-cli {command}")
        if command == "task-history user":
            rows = [line for line in screen.splitlines() if " query" in line or "SUCCESS" in line]
            require(bool(rows) and all(len(line) <= columns for line in rows), "history does not fit", screen)

    terminal.run("divbase-cli task-history id 999999999", code=1)
    require("\x1b[" in terminal.screen(escapes=True), "no colour on a terminal", terminal.screen(escapes=True))
    terminal.run("NO_COLOR=1 divbase-cli task-history id 999999999", code=1)
    plain = terminal.screen(escapes=True)
    require("\x1b[1" not in plain and "\x1b[3" not in plain, "colour although NO_COLOR is set", plain)


def main() -> int:
    lines = (ROOT / ".local/up/demo.env").read_text().splitlines()
    pairs = (line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export "))
    demo = {name: value.strip("'") for name, value in pairs}
    for columns in (80, 120):
        with tempfile.TemporaryDirectory(prefix="divbase-tty-", ignore_cleanup_errors=True) as name:
            terminal = Terminal(Path(name), columns, demo)
            try:
                walk(terminal, columns, demo)
            finally:
                terminal.close()
            if "--show" in sys.argv:
                print(f"\n######## {columns} columns\n" + "\n--------\n".join(screen.rstrip() for screen in terminal.screens))
        print(f"terminal of {columns} columns: as it should be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
