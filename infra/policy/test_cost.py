"""The cost table of docs/operations.md is what infra/cost.py computes, and the small sizes are as cheap as is promised."""

import json
import pathlib
import sys
import unittest

INFRA = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(INFRA))

import cost  # noqa: E402  (found by the line above)


def idle(size):
    return sum(cost.month(size, cost.IDLE, cost.prices()).values())


class Cost(unittest.TestCase):
    def test_the_page_says_what_is_computed(self):
        page = (INFRA.parent / "docs/operations.md").read_text(encoding="utf-8")
        told = page.split("<!-- cost -->\n")[1].split("\n<!-- /cost -->")[0]
        self.assertEqual(told, cost.table(cost.prices()))
        told = page.split("<!-- options -->\n")[1].split("\n<!-- /options -->")[0]
        self.assertEqual(told, cost.options(cost.prices()))

    def test_the_page_of_costs_says_what_is_computed(self):
        page = (INFRA.parent / "docs/costs.md").read_text(encoding="utf-8")
        for name, table in (("laboratories", cost.laboratories), ("queries", cost.queries), ("groups", cost.groups)):
            told = page.split(f"<!-- {name} -->\n")[1].split(f"\n<!-- /{name} -->")[0]
            self.assertEqual(told, table(cost.prices()), name)

    def test_what_the_page_takes_from_the_code_is_there(self):
        code = INFRA.parent / "shared/service/src"
        estimate = (code / "query/estimate.rs").read_text(encoding="utf-8")
        self.assertIn(f"NATIVE_BYTES_A_SECOND: f64 = {cost.SCAN_BYTES / 1e6:.0f}e6", estimate)
        self.assertIn(f"REQUEST_BYTES: f64 = {cost.GET_BYTES / 1e6:.0f}e6", estimate)
        settings = (code / "settings.rs").read_text(encoding="utf-8")
        self.assertIn(f"windows_of({cost.WINDOW_BYTES:_.0f})", settings)
        self.assertIn(f'"DIVBASE_INDEX_PIECE_BYTES", {cost.PIECE_BYTES:_.0f}', settings)

    def test_an_idle_month_is_cheap(self):
        self.assertLessEqual(idle("dev"), 20)
        self.assertLessEqual(idle("prod-small"), 60)

    def test_parameters_have_their_price(self):
        sizes = json.loads((INFRA / "sizes.json").read_text())
        one = cost.month("prod", cost.SERVICE, cost.prices())
        self.assertEqual(one["RDS Proxy"], 0)
        large = cost.month("prod-large", cost.SERVICE, cost.prices())
        self.assertAlmostEqual(large["RDS Proxy"], 87.6, places=1)
        # A second instance doubles the database.
        self.assertAlmostEqual(large["Aurora Serverless v2"], 2 * one["Aurora Serverless v2"])
        # Heavy workers need four more endpoints in two zones.
        self.assertAlmostEqual(large["interface endpoints"] - one["interface endpoints"], 8 * 730 * 0.011, places=1)
        for name, size in sizes.items():
            self.assertEqual(size["data"]["MaxCapacity"], size["template"].get("DatabaseCapacity", "4"), name)
            # Without the endpoint there is no way to the scheduler.
            self.assertEqual(size["data"]["SchedulerEndpoint"] == "yes", size["template"]["Mirror"] == "true", name)

    def test_copies_have_their_price(self):
        prices, load = cost.prices(), cost.SERVICE
        copied = cost.month("prod", load, prices, {"CopyVaultArn": "x"})["copies in another region"]
        # 20 GB, a copy of one night here and of 35 there, each sent once.
        self.assertAlmostEqual(copied, 20 * 36 * 0.021 + 20 * 30 * 0.02)
        with_files = cost.month("prod", load, prices, {"CopyVaultArn": "x", "CopyFiles": "yes"})["copies in another region"]
        self.assertAlmostEqual(with_files - copied, 2 * 2500 * 0.05 + 500 * 0.02)
        self.assertNotIn("copies in another region", cost.month("prod", load, prices, {"CopyFiles": "yes"}))

    def test_what_a_price_changes_shows(self):
        dearer = cost.prices() | {"endpoint_hour": 1.0}
        self.assertNotEqual(cost.table(dearer), cost.table(cost.prices()))

    def test_a_parameter_that_no_template_has_is_refused(self):
        with self.assertRaises(ValueError):
            cost.Stack(INFRA / "data.yaml", {"NoSuchThing": "1"})


if __name__ == "__main__":
    unittest.main()
