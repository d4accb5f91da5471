"""Packs a function's program as Lambda wants it, so that the same program always gives the same bytes, and few of them.

    python infra/packaging/zip.py PROGRAM OUT/bootstrap.zip

What the time of a build or the machine puts into a zip is left out: one entry, of the first day that zips know, executable for all.
libdeflate finds the shortest way to write it, some 3 % less than zlib, and a function's zip is fetched before it starts.
"""

import pathlib
import struct
import sys
import zlib

import deflate

SHORTEST = 12
"""libdeflate's highest level."""

VERSION = 20
"""Of the format: 2.0, the first with deflate."""

UNIX = 3
DEFLATED = 8
FIRST_DAY = (1 << 5) | 1
"""1 January 1980, as DOS writes dates."""

EXECUTABLE = 0o100755
"""Of a regular file: Lambda runs it as somebody else."""

MOST = 0xFFFFFFFF
"""Bytes that the format tells without its 64-bit extension; Lambda takes a sixteenth of that."""


def packed(program, name):
    """The zip with these bytes as the file of this name."""
    data, name = deflate.deflate_compress(program, SHORTEST), name.encode("ascii")
    if len(program) > MOST:
        raise ValueError("it is larger than a zip of one part can tell")
    # Version to read it, flags, method, time of day, day, checksum, bytes packed and not, of the name, of extra fields.
    told = struct.pack("<HHHHHLLLHH", VERSION, 0, DEFLATED, 0, FIRST_DAY, zlib.crc32(program), len(data), len(program), len(name), 0)
    local = b"PK\3\4" + told + name
    made_by = UNIX << 8 | VERSION
    # Bytes of its comment, number of its part, attributes within and outside, where its bytes begin.
    central = b"PK\1\2" + struct.pack("<H", made_by) + told + struct.pack("<HHHLL", 0, 0, 0, EXECUTABLE << 16, 0) + name
    end = b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(central), len(local) + len(data), 0)
    return local + data + central + end


def pack(program, to, name="bootstrap"):
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_suffix(".new")
    part.write_bytes(packed(program.read_bytes(), name))
    part.replace(to)


def main(arguments):
    if len(arguments) != 2:
        return __doc__
    pack(*(pathlib.Path(argument) for argument in arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
