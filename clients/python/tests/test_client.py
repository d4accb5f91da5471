"""The package against a running system, whose address and user `demo.env` of `make up` has."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from divbase_client import ApiError, Client


class AgainstARunningSystem(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.client = Client.log_in(os.environ["DIVBASE_EMAIL"], os.environ["DIVBASE_PASSWORD"])
        cls.project = cls.client.project(os.environ["DIVBASE_PROJECT"])

    def test_who_and_what(self) -> None:
        self.assertEqual(self.client.whoami(), os.environ["DIVBASE_EMAIL"])
        self.assertIn("herring.tsv", self.project.files())
        self.assertEqual(self.project.scaffolds(), ["scaffold_1", "scaffold_2", "scaffold_3"])
        self.assertEqual(len(self.project.samples()), 60)

    def test_samples_by_a_filter(self) -> None:
        north = self.project.samples("Area:North", table="herring.tsv")
        self.assertTrue(north)
        self.assertLess(len(north), 60)

    def test_a_query_is_a_file_that_bcftools_reads(self) -> None:
        answer = self.project.query("view -r scaffold_2", samples=["S01", "S45"])
        with tempfile.TemporaryDirectory() as folder:
            path = answer.save(Path(folder) / "two.vcf.gz")
            self.assertEqual(os.listdir(folder), ["two.vcf.gz"])
            bcftools = [os.environ["BCFTOOLS"], "query", "-l", str(path)]
            names = subprocess.run(bcftools, capture_output=True, text=True, check=True).stdout.split()
            self.assertEqual(names, ["S01", "S45"])
            listed = [os.environ["BCFTOOLS"], "view", "-H", str(path)]
            records = subprocess.run(listed, capture_output=True, text=True, check=True).stdout
        self.assertEqual(answer.records, len(records.splitlines()))

    def test_a_query_is_a_table(self) -> None:
        answer = self.project.query("view -r scaffold_3", samples=["S01"])
        table = answer.to_polars()
        self.assertEqual(table.height, answer.records)
        self.assertEqual(table.columns[:2] + table.columns[-1:], ["CHROM", "POS", "S01"])
        self.assertEqual(set(table["CHROM"]), {"scaffold_3"})
        self.assertTrue(table["POS"].is_sorted())

    def test_refusals_are_exceptions_with_their_code(self) -> None:
        with self.assertRaises(ApiError) as caught:
            self.client.project("nosuch").scaffolds()
        self.assertEqual((caught.exception.status, caught.exception.type), (404, "project_not_found_error"))
        self.assertTrue(caught.exception.request_id)
        with self.assertRaises(ApiError) as caught:
            self.project.query("view -r nosuch")
        self.assertEqual(caught.exception.status, 400)

    def test_samples_are_chosen_in_one_way(self) -> None:
        with self.assertRaises(ValueError):
            self.project.submit("view", samples=["S01"], filter="Area:North")


if __name__ == "__main__":
    unittest.main()
