"""The reading of the code's calls: what it finds, and that it stops at what it does not know."""

import unittest

import calls


class Calls(unittest.TestCase):
    def test_a_call_that_no_table_knows_stops_the_check(self):
        with self.assertRaisesRegex(calls.Unknown, "put_bucket_website"):
            calls.calls_in("self.client.put_bucket_website().send()", calls.STORE_CALLS, "a.rs")

    def test_a_file_that_nobody_runs_stops_the_check(self):
        with self.assertRaisesRegex(calls.Unknown, "new.rs"):
            calls.users_of("shared/service/src/new.rs")

    def test_a_version_is_destroyed_by_another_right(self):
        hides = "self.client.delete_object().bucket(b).key(k)"
        self.assertEqual(calls.calls_in(hides, calls.STORE_CALLS, ""), {"delete_object"})
        destroys = hides + ".version_id(v)"
        self.assertEqual(calls.calls_in(destroys, calls.STORE_CALLS, ""), {"delete_object of a version"})

    def test_calls_are_found_behind_other_functions(self):
        text = """
            pub async fn outer(&self) { self.inner().await }
            async fn inner(&self) { self.client
                .list_parts().send() }
        """
        self.assertEqual(calls.store_methods([("a.rs", text)])["outer"], {"list_parts"})

    def test_every_call_of_the_tables_is_made_somewhere(self):
        made = set()
        for place, text in calls.sources("shared/storage"):
            made |= calls.calls_in(text, calls.STORE_CALLS, place)
            for _, body in calls.functions(text):
                made |= calls.calls_in(body, calls.STORE_CALLS, place)
        self.assertEqual(made, set(calls.STORE_CALLS))

    def test_what_the_roles_need_is_known(self):
        needed = calls.needed()
        self.assertIn(("sqs:SendMessage", "HeavyDeadQueue"), needed[calls.CRON])
        self.assertIn(("s3:DeleteObjectVersion", calls.OBJECT), needed[calls.HEAVY])
        self.assertNotIn(("s3:PutObject", calls.OBJECT), needed[calls.QUICK])


if __name__ == "__main__":
    unittest.main()
