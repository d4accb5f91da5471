"""Packs a static program as a layer of Lambda, `bin/NAME` below /opt.

    python infra/packaging/layer.py PROGRAM AArch64|X86-64 OUT.zip

A program for another machine, or one that needs libraries, is refused: Lambda would say so only when a query runs.
"""

import pathlib
import struct
import sys

from zip import pack

MACHINES = {"AArch64": 183, "X86-64": 62}
INTERPRETER = 3
"""The kind of a segment that names what loads libraries."""


def fault(program, machine):
    """Why Lambda could not run it, or nothing."""
    if program[:4] != b"\x7fELF" or program[4:6] != b"\x02\x01":
        return "it is no program of 64-bit Linux"
    (found,) = struct.unpack_from("<H", program, 18)
    if found != MACHINES[machine]:
        return f"it is for another machine than {machine}"
    (segments,) = struct.unpack_from("<Q", program, 32)
    size, count = struct.unpack_from("<HH", program, 54)
    kinds = [struct.unpack_from("<I", program, segments + size * number)[0] for number in range(count)]
    if INTERPRETER in kinds:
        return "it needs libraries"
    return None


def main(arguments):
    if len(arguments) != 3 or arguments[1] not in MACHINES:
        return __doc__
    program, to = pathlib.Path(arguments[0]), pathlib.Path(arguments[2])
    why = fault(program.read_bytes(), arguments[1])
    if why:
        return f"layer: {program}: {why}"
    pack(program, to, f"bin/{program.name}")
    print(f"{to}: aws lambda publish-layer-version --layer-name divbase-bcftools --zip-file fileb://{to}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
