"""Packs a function's program as Lambda wants it, so that the same program always gives the same bytes.

    python infra/packaging/zip.py PROGRAM OUT/bootstrap.zip

What the time of a build or the machine puts into a zip is left out: one entry, of the first day that zips know, executable for all.
"""

import pathlib
import sys
import zipfile

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
UNIX = 3


def pack(program, to, name="bootstrap"):
    entry = zipfile.ZipInfo(name, FIRST_DAY)
    entry.create_system = UNIX
    entry.external_attr = 0o100755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_suffix(".new")
    with zipfile.ZipFile(part, "w") as archive:
        archive.writestr(entry, program.read_bytes(), compresslevel=9)
    part.replace(to)


def main(arguments):
    if len(arguments) != 2:
        return __doc__
    pack(*(pathlib.Path(argument) for argument in arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
