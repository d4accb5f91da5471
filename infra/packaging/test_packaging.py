"""The zips of functions are the same for the same program, bills of materials name what is linked, and releases are signed.

    python -m unittest infra/packaging/test_packaging.py
"""

import json
import os
import pathlib
import platform
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile
import zlib

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
TRIPLE = "x86_64-unknown-linux-gnu"
PROGRAM = pathlib.Path(shutil.which("bash")).resolve()
"""Some program of this machine, of a megabyte or so."""


class Zips(unittest.TestCase):
    def test_the_same_program_gives_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            program, zips = folder / "api", []
            for number, (time, mode) in enumerate([(1_000_000_000, 0o700), (1_700_000_000, 0o755)]):
                program.write_bytes(bytes(range(256)) * 1000)
                program.chmod(mode)
                os.utime(program, (time, time))
                to = folder / str(number) / "bootstrap.zip"
                subprocess.run([sys.executable, HERE / "zip.py", program, to], check=True, env={"TZ": f"UTC+{number}"})
                zips.append(to.read_bytes())
            self.assertEqual(*zips)
            (entry,) = zipfile.ZipFile(folder / "0/bootstrap.zip").infolist()
            # Lambda runs it as somebody else.
            self.assertEqual((entry.filename, entry.external_attr >> 16), ("bootstrap", 0o100755))
            self.assertEqual(entry.date_time, (1980, 1, 1, 0, 0, 0))
            program.write_bytes(b"another")
            subprocess.run([sys.executable, HERE / "zip.py", program, folder / "2/bootstrap.zip"], check=True)
            self.assertNotEqual((folder / "2/bootstrap.zip").read_bytes(), zips[0])

    def test_programs_come_out_as_they_were(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "empty").touch()
            for program in (folder / "empty", PROGRAM):
                to = folder / "bootstrap.zip"
                subprocess.run([sys.executable, HERE / "zip.py", program, to], check=True)
                # Each reads the format by itself: Python by its list, `unzip` by every header.
                with zipfile.ZipFile(to) as archive:
                    self.assertIsNone(archive.testzip())
                    self.assertEqual(archive.read("bootstrap"), program.read_bytes())
                if shutil.which("unzip"):
                    subprocess.run(["unzip", "-q", "-o", to, "-d", folder / "out"], check=True)
                    self.assertEqual((folder / "out/bootstrap").read_bytes(), program.read_bytes())
                    self.assertTrue(os.access(folder / "out/bootstrap", os.X_OK))

    def test_zips_are_smaller_than_those_of_zlib(self):
        with tempfile.TemporaryDirectory() as folder:
            to = pathlib.Path(folder) / "bootstrap.zip"
            subprocess.run([sys.executable, HERE / "zip.py", PROGRAM, to], check=True)
            self.assertLess(to.stat().st_size, 0.98 * len(zlib.compress(PROGRAM.read_bytes(), 9)))


class Layers(unittest.TestCase):
    def packed(self, program, machine, folder):
        command = [sys.executable, HERE / "layer.py", program, machine, folder / "layer.zip"]
        return subprocess.run(command, capture_output=True, text=True)

    def test_what_lambda_cannot_run_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            ours = pathlib.Path(sys.executable).resolve()
            machine = {"x86_64": "X86-64", "aarch64": "AArch64"}[platform.machine()]
            other = {"X86-64": "AArch64", "AArch64": "X86-64"}[machine]
            text = folder / "text"
            text.write_text("#!/bin/sh\n" * 20)
            for program, wanted, why in ((ours, machine, "libraries"), (ours, other, "another machine"), (text, machine, "no program")):
                ran = self.packed(program, wanted, folder)
                self.assertEqual(ran.returncode, 1)
                self.assertIn(why, ran.stderr)
            self.assertFalse((folder / "layer.zip").exists())

    def test_a_static_program_is_packed(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            # The head of a static program for arm64: one segment, which is loaded.
            head = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 183, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
            (folder / "bcftools").write_bytes(head + struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, 120, 120, 4096))
            ran = self.packed(folder / "bcftools", "AArch64", folder)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            (entry,) = zipfile.ZipFile(folder / "layer.zip").infolist()
            self.assertEqual((entry.filename, entry.external_attr >> 16), ("bin/bcftools", 0o100755))


class Images(unittest.TestCase):
    def test_what_is_built_is_sent_to_the_engine(self):
        members = re.search(r"members = \[(.*?)\]", (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.S)[1]
        needed = {member.split("/")[0] for member in re.findall(r'"(.*?)"', members)}
        # Pages are built into the API, queries checked against what is committed, and migrations are in programs.
        needed |= {"Cargo.toml", "Cargo.lock", ".sqlx", "docs", "migrations"}
        for image in ("infra/worker.Containerfile", "infra/own-servers/Containerfile"):
            lines = (ROOT / f"{image}.dockerignore").read_text(encoding="utf-8").splitlines()
            self.assertIn("*", lines)
            self.assertLessEqual(needed, {line[1:] for line in lines if line.startswith("!")}, image)


def made(name):
    return subprocess.run([sys.executable, HERE / "sbom.py", name, TRIPLE], cwd=ROOT, capture_output=True, text=True)


class Bills(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = made("divbase-worker").stdout
        cls.bill = json.loads(cls.text)

    def test_what_cargo_links_is_named(self):
        command = ["cargo", "tree", "--locked", "--package", "divbase-worker", "--edges", "normal,no-proc-macro", "--target", TRIPLE,
                   "--prefix", "none", "--no-dedupe", "--format", "{p}"]
        tree = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        linked = {tuple(line.split()[:2]) for line in tree.splitlines() if line}
        wanted = {f"pkg:cargo/{name}@{version.removeprefix('v')}" for name, version in linked}
        named = {each["purl"] for each in self.bill["components"]} | {self.bill["metadata"]["component"]["purl"]}
        self.assertEqual(named, wanted)
        self.assertGreater(len(named), 150)

    def test_each_has_its_checksum_and_licence(self):
        ours = {each["name"] for each in self.bill["components"] if "hashes" not in each}
        self.assertTrue(all(name.startswith("divbase-") for name in ours), ours)
        self.assertEqual([each["name"] for each in self.bill["components"] if "licenses" not in each], [])

    def test_dependencies_lead_to_components(self):
        known = {each["bom-ref"] for each in self.bill["components"]} | {self.bill["metadata"]["component"]["bom-ref"]}
        self.assertEqual({each["ref"] for each in self.bill["dependencies"]}, known)
        self.assertLessEqual({to for each in self.bill["dependencies"] for to in each["dependsOn"]}, known)

    def test_it_says_the_same_each_time(self):
        self.assertEqual(made("divbase-worker").stdout, self.text)

    def test_what_is_no_package_is_refused(self):
        ran = made("divbase-nothing")
        self.assertEqual((ran.returncode, ran.stdout), (1, ""))


class Releases(unittest.TestCase):
    def test_everything_that_is_released_is_signed(self):
        text = (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
        publish = text[text.index("  publish:"):]
        steps = [publish.index(word) for word in ("sbom.py", "sha256sum --", "sigstore sign", "gh release upload", "--draft=false")]
        self.assertEqual(steps, sorted(steps))
        self.assertIn("id-token: write", publish)
        # Nobody else's code by a name that may move.
        self.assertEqual(re.findall(r"uses:\s*(\S+)", text), [])
        self.assertRegex(text, r"sigstore==\d+\.\d+\.\d+")


if __name__ == "__main__":
    unittest.main()
