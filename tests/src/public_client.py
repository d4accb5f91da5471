"""Runs commands of the public client, each in a process of its own, without importing it anew for each.

A command is a line of JSON on stdin: {"arguments": [...], "typed": "..."}; its answer is a line of JSON on stdout:
{"code": 0, "out": "...", "err": "..."}. Importing takes a second, forking nothing.
"""

import json
import os
import sys
import tempfile
import traceback


def child(command, files):
    for descriptor, file in enumerate(files):
        os.dup2(file.fileno(), descriptor)
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)
    sys.argv = ["divbase-cli", *command["arguments"]]
    code = 0
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 99
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def run(command):
    with tempfile.TemporaryFile() as typed, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        typed.write(command["typed"].encode())
        typed.seek(0)
        process = os.fork()
        if process == 0:
            child(command, (typed, out, err))
        _, status = os.waitpid(process, 0)
        printed = []
        for file in (out, err):
            file.seek(0)
            printed.append(file.read().decode(errors="replace"))
        return {"code": os.waitstatus_to_exitcode(status), "out": printed[0], "err": printed[1]}


from divbase_cli.divbase_cli import main  # noqa: E402  the functions above need nothing of it

for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
