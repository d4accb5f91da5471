"""A database that works is backed up, spoiled, and restored to the instant before, as docs/own-servers.md says; tasks that ran
meanwhile run again.

    python infra/own-servers/test_restore.py DIVBASE-SERVER

It makes a Postgres of its own, from the programs that `make setup` found, and takes it away again.
"""

import datetime
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
PAGE = (ROOT / "docs/own-servers.md").read_text(encoding="utf-8")
# A link may lead to the program alone, and the others lie where it does.
BIN = (pathlib.Path((ROOT / ".local/postgres-bindir").read_text().strip()) / "postgres").resolve().parent
SERVER = os.environ["DIVBASE_SERVER"]
# Postgres refuses root.
ACCOUNT = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
PATIENCE = 60


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)
    if done.returncode:
        raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def eventually(what, look):
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return look()
        except AssertionError as error:
            if time.monotonic() > end:
                raise AssertionError(f"waited for {what}: {error}") from error
        time.sleep(0.1)


class Cluster:
    """A Postgres on a data folder."""

    def __init__(self, data):
        self.data, self.port = data, free_port()
        self.process = None

    def start(self, log):
        self.log = log
        with open(log, "a") as said:
            self.process = subprocess.Popen(
                [*ACCOUNT, BIN / "postgres", "-D", self.data, "-p", str(self.port), "-h", "127.0.0.1", "-k", ""],
                stdout=said, stderr=subprocess.STDOUT)
        # Until it has read the log to the end it takes no writes.
        eventually("Postgres", lambda: self.assert_writable())

    def assert_writable(self):
        assert self.process.poll() is None, f"it has ended: {self.log.read_text()[-2000:]}"
        assert self.sql("SELECT pg_is_in_recovery()", "postgres") == "f"

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(PATIENCE)

    def url(self, database="divbase"):
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def sql(self, text, database="divbase"):
        return run(BIN / "psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", self.url(database), "-c", text)


class Restored(unittest.TestCase):
    def setUp(self):
        # Whoever runs Postgres must get there.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="divbase-restore-"))
        self.folder.chmod(0o755)
        for name in ("old", "backups", "backups/wal"):
            (self.folder / name).mkdir()
        self.environment = {"PATH": f"{BIN}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        self.own()
        self.clusters = []
        self.processes = []

    def own(self):
        if ACCOUNT:
            run("chown", "-R", "postgres:", self.folder)

    def tearDown(self):
        for process in self.processes:
            process.terminate()
            process.wait(PATIENCE)
        for cluster in self.clusters:
            cluster.stop()
        shutil.rmtree(self.folder)

    def cluster(self, name):
        made = Cluster(self.folder / name)
        self.clusters.append(made)
        return made

    def script(self, name, *arguments, **more):
        return run(*ACCOUNT, HERE / name, *arguments, env=self.environment, **more)

    def server(self, cluster, *words):
        # No store is needed for what is done here.
        values = {"DATABASE_URL": cluster.url(), "S3_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "x",
                  "AWS_SECRET_ACCESS_KEY": "x", "FIRST_ADMIN_EMAIL": "admin@example.org",
                  "FIRST_ADMIN_PASSWORD": "heron lake fog 71", "LOG_LEVEL": "warn", "TASK_LEASE_SECONDS": "2"}
        command, environment = [SERVER, *words], self.environment | values
        if words[0] in ("worker", "cron"):
            self.processes.append(subprocess.Popen(command, env=environment))
            return None
        return run(*command, env=environment)

    def job(self, cluster, **job):
        return json.loads(self.server(cluster, "job", json.dumps(job)).splitlines()[-1])["done"]

    def test_to_the_instant_before_it_was_spoiled(self):
        old = self.cluster("old")
        run(*ACCOUNT, BIN / "initdb", "-D", old.data, "-U", "postgres", "-A", "trust", "--no-sync")
        settings = re.search(r"```ini\n(.*?)```", PAGE, re.S)[1].replace("/backups", str(self.folder / "backups"))
        self.assertIn("archive_command", settings)
        with open(old.data / "postgresql.conf", "a") as file:
            file.write(settings)
        old.start(self.folder / "old.log")
        old.sql("CREATE DATABASE divbase", "postgres")
        self.server(old, "migrate")
        base = self.script("backup.sh", self.folder / "backups", old.url("postgres"))
        self.assertIn("/base-", base)

        task = ("INSERT INTO task (name, queue, kwargs, user_id, max_attempts) SELECT 'cron_tasks.cleanup_old_jwts_and_pats', 'quick', "
                "'{}', id, 3 FROM app_user LIMIT 1 RETURNING id")
        # Under way at the instant that is restored, and ended after it.
        running = old.sql(task)
        old.sql(f"INSERT INTO outbox (task_id, queue) VALUES ({running}, 'quick')")
        facts = self.job(old, job="facts")["facts"]
        self.assertEqual(facts["unfinished_tasks"], 1)
        # The name of a copy has whole seconds.
        second = int(time.time())
        eventually("the next second", lambda: self.assertGreater(int(time.time()), second))
        instant = old.sql("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
        self.server(old, "worker")
        eventually("the task", lambda: self.assertEqual(old.sql(f"SELECT status FROM task WHERE id = {running}"), "SUCCESS"))
        self.processes.pop().terminate()
        later = int(old.sql(task))
        # The fault: what everybody sees too late.
        old.sql("UPDATE app_user SET email = 'spoiled@example.org'")
        segment = old.sql("SELECT pg_walfile_name(pg_switch_wal())", "postgres")
        eventually("the archive", lambda: self.assertTrue((self.folder / "backups/wal" / segment).exists()))
        self.assertEqual(old.sql("SELECT count(*) FROM pg_stat_archiver WHERE failed_count > 0", "postgres"), "0")
        old.stop()

        new = self.cluster("new")
        self.script("restore.sh", self.folder / "backups", new.data, instant)
        new.start(self.folder / "new.log")
        self.assertEqual(new.sql("SELECT email FROM app_user"), "admin@example.org")
        restored = self.job(new, job="facts")["facts"]
        # The log has sequences some numbers ahead.
        self.assertGreaterEqual(restored.pop("next_task"), facts.pop("next_task"))
        self.assertEqual(restored, facts)
        # No number of a task is given out twice.
        number = self.job(new, job="skip-numbers", by=10_000)["next_task"]
        self.assertGreater(number, later)
        # What had ended meanwhile is unfinished again, and runs again.
        self.assertNotEqual(new.sql(f"SELECT status FROM task WHERE id = {running}"), "SUCCESS")
        self.server(new, "worker")
        eventually("the task", lambda: self.assertEqual(new.sql(f"SELECT status FROM task WHERE id = {running}"), "SUCCESS"))
        self.assertGreaterEqual(int(new.sql(task)), number)

    def test_what_cannot_be_restored_is_refused(self):
        backups, data = self.folder / "backups", self.folder / "new"
        (backups / "base-2026-01-02T00:00:00Z").mkdir()
        for time_, wanted in (("2026-01-01T00:00:00Z", "no copy"), ("yesterday", "no instant"), ("2026-01-03T00:00:00Z; ls", "no instant")):
            with self.assertRaisesRegex(AssertionError, wanted):
                self.script("restore.sh", backups, data, time_)
        with self.assertRaisesRegex(AssertionError, "exists"):
            self.script("restore.sh", backups, self.folder / "old", "2026-01-03T00:00:00Z")
        self.assertFalse(data.exists())

    def test_copies_that_are_too_old_go(self):
        old = self.cluster("old")
        run(*ACCOUNT, BIN / "initdb", "-D", old.data, "-U", "postgres", "-A", "trust", "--no-sync")
        old.start(self.folder / "old.log")
        backups = self.folder / "backups"
        first = pathlib.Path(self.script("backup.sh", backups, old.url("postgres")))
        now = datetime.datetime.now(datetime.timezone.utc)
        for days in (40, 20, 3):
            name = (now - datetime.timedelta(days=days)).strftime("base-%Y-%m-%dT%H:%M:%SZ")
            shutil.copytree(first, backups / name)
        self.own()
        (backups / "wal/000000010000000000000000").touch()
        self.own()
        self.script("backup.sh", backups, old.url("postgres"))
        ages = sorted(round((now - datetime.datetime.strptime(each.name, "base-%Y-%m-%dT%H:%M:%SZ").replace(
            tzinfo=datetime.timezone.utc)).total_seconds() / 86400) for each in backups.glob("base-*"))
        self.assertEqual(ages[-1], 20, "the one from before the fourteen days is needed for the first of them")
        self.assertIn(3, ages)
        self.assertEqual(list((backups / "wal").iterdir()), [], "logs from before it are not")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
