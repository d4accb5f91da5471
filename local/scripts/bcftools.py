"""bcftools 1.24 out of the pysam package, behaving like the program itself.

Standard input and output are the program's own (binary, streamed), the exit code is
bcftools', and what bcftools says goes to standard error. bcftools' messages come
when it ends, not while it runs: pysam collects them.

Only pysam's dispatcher is imported. The whole package would double the start-up
time, which a pipe of four stages pays four times.
"""

import importlib.machinery
import os
import signal
import sys
import types

USAGE = "Usage: bcftools [--version] <command> <argument>\n"


def import_dispatcher():
    """The dispatcher without `pysam/__init__.py`, which loads every other module."""
    spec = importlib.machinery.PathFinder.find_spec("pysam")
    package = types.ModuleType("pysam")
    package.__path__ = spec.submodule_search_locations
    sys.modules["pysam"] = package
    from pysam.libcutils import _pysam_dispatch

    return _pysam_dispatch


def version():
    dispatch = import_dispatcher()
    del dispatch
    from pysam.version import __bcftools_version__, __htslib_version__

    return f"bcftools {__bcftools_version__}\nUsing htslib {__htslib_version__}\n"


def main(arguments):
    # A reader that stops early ends a pipe quietly, as it does for the real program.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if not arguments:
        sys.stderr.write(USAGE)
        return 1
    command, *rest = arguments
    if command in ("--version", "-v"):
        sys.stdout.write(version())
        return 0
    dispatch = import_dispatcher()
    try:
        # catch_stdout: None hands over our own standard output; False would drop it.
        code, messages, _ = dispatch("bcftools", command, tuple(rest), catch_stdout=None)
    except OSError as error:  # pysam's own look at the first file given to `index`
        sys.stderr.write(f"{error}\n")
        return 255
    if messages:
        sys.stderr.write(messages if isinstance(messages, str) else os.fsdecode(messages))
    return code & 0xFF


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
