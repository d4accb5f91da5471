"""infra/restore.sh, dry: each step makes calls that AWS has, in an order that loses nothing, and the new cluster has what the old one
had."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
SCRIPT = HERE.parent / "restore.sh"

OLD = {
    "DBClusterIdentifier": "old", "DBClusterArn": "arn:aws:rds:eu-north-1:123456789012:cluster:old", "Endpoint": "old.example",
    "DbClusterResourceId": "cluster-OLD", "DBSubnetGroup": "subnets", "DBClusterParameterGroup": "insists-on-tls",
    "KmsKeyId": "arn:aws:kms:eu-north-1:123456789012:key/k", "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}, {"VpcSecurityGroupId": "sg-2"}],
    "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 4.0},
    "DBClusterMembers": [{"DBInstanceIdentifier": "old-a"}, {"DBInstanceIdentifier": "old-b"}],
}
NEW = OLD | {"DBClusterIdentifier": "divbase-prod-restored", "DBClusterArn": OLD["DBClusterArn"].replace("old", "new"),
             "Endpoint": "new.example", "DbClusterResourceId": "cluster-NEW"}


def answers(proxy, heavy=True, is_made=False):
    outputs = {"DatabaseCluster": "old", "DatabaseProxyName": proxy, "DatabaseTokenResource": "prx-1" if proxy else "cluster-OLD"}
    parameters = ["Stage", "Release", "DatabaseTokenResource", "DatabaseCluster", "AlarmEmail"]
    return {
        "cloudformation describe-stacks": {"by name": {
            "divbase-prod-data": {"Stacks": [{"Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]}]},
            "divbase-prod": {"Stacks": [{"Parameters": [{"ParameterKey": each, "ParameterValue": "x"} for each in parameters]}]},
        }},
        "rds describe-db-clusters": {"by name": {"old": {"DBClusters": [OLD]}, "divbase-prod-restored": {"DBClusters": [NEW]}},
                                     "DBClusters": [OLD, NEW] if is_made else [OLD]},
        "rds describe-db-proxies": {"DBProxies": [{"RoleArn": "arn:aws:iam::123456789012:role/path/proxy-role"}]},
        "rds describe-db-proxy-targets": {"Targets": [{"Type": "TRACKED_CLUSTER", "RdsResourceId": "old"},
                                                      {"Type": "RDS_INSTANCE", "RdsResourceId": "old-a"}]},
        "lambda list-event-source-mappings": {"EventSourceMappings": [{"UUID": "11111111-1111-1111-1111-111111111111"}]},
        "application-autoscaling describe-scalable-targets": {"ScalableTargets": [{}] if heavy else []},
        "ecs list-tasks": {"taskArns": ["arn:aws:ecs:eu-north-1:123456789012:task/heavy/1"]},
    }


class Restore(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)
        fake = self.path / "aws"
        fake.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "fake_aws.py"}" "$@"\n')
        fake.chmod(0o755)

    def run_step(self, *words, table, code=0):
        (self.path / "answers.json").write_text(json.dumps(table))
        calls = self.path / "calls"
        calls.unlink(missing_ok=True)
        environment = os.environ | {"PATH": f"{self.path}:{os.environ['PATH']}", "AWS_ANSWERS": str(self.path / "answers.json"),
                                    "AWS_CALLS": str(calls)}
        ran = subprocess.run(["sh", SCRIPT, *words], env=environment, capture_output=True, text=True)
        self.assertEqual(ran.returncode, code, ran.stderr)
        self.assertNotIn(" has no --", ran.stderr)
        self.assertNotIn(" does not exist", ran.stderr)
        self.said = ran.stderr
        return [json.loads(line) for line in calls.read_text().splitlines()] if calls.exists() else []

    def call(self, calls, operation):
        found = [words for words in calls if " ".join(words[:2]) == operation]
        self.assertTrue(found, f"{operation} is not called: {[' '.join(words[:2]) for words in calls]}")
        return found

    def option(self, words, name):
        return words[words.index(name) + 1]

    def test_closed_means_everybody(self):
        calls = self.run_step("close", "prod", table=answers(""))
        refused = {self.option(words, "--function-name") for words in self.call(calls, "lambda put-function-concurrency")}
        self.assertEqual(refused, {"divbase-prod-api", "divbase-prod-cron"})
        self.assertEqual(len(self.call(calls, "lambda update-event-source-mapping")), 2)
        self.call(calls, "ecs stop-task")
        order = [" ".join(words[:2]) for words in calls]
        self.assertLess(order.index("application-autoscaling register-scalable-target"), order.index("ecs update-service"))
        calls = self.run_step("close", "prod", table=answers("", heavy=False))
        self.assertFalse([words for words in calls if words[0] == "ecs"])

    def test_the_copy_has_what_the_old_one_had(self):
        calls = self.run_step("make", "prod", "2026-11-28T12:00:00Z", table=answers(""))
        (made,) = self.call(calls, "rds restore-db-cluster-to-point-in-time")
        wanted = {"--source-db-cluster-identifier": "old", "--restore-to-time": "2026-11-28T12:00:00Z", "--db-subnet-group-name": "subnets",
                  "--db-cluster-parameter-group-name": "insists-on-tls", "--kms-key-id": OLD["KmsKeyId"],
                  "--serverless-v2-scaling-configuration": "MinCapacity=0.5,MaxCapacity=4.0"}
        self.assertEqual({name: self.option(made, name) for name in wanted}, wanted)
        groups = made.index("--vpc-security-group-ids")
        self.assertEqual(made[groups + 1:groups + 3], ["sg-1", "sg-2"])
        self.assertIn("--enable-iam-database-authentication", made)
        self.assertEqual(len(self.call(calls, "rds create-db-instance")), 2, "a second instance has one in its place")
        (modified,) = self.call(calls, "rds modify-db-cluster")
        self.assertLessEqual({"--manage-master-user-password", "--enable-http-endpoint"}, set(modified))

    def test_a_step_may_be_repeated(self):
        calls = self.run_step("make", "prod", "2026-11-28T12:00:00Z", table=answers("", is_made=True))
        self.assertFalse([words for words in calls if words[1].startswith("restore-")])

    def test_without_a_proxy_secrets_and_tokens_name_it(self):
        calls = self.run_step("switch", "prod", table=answers(""))
        secrets = {self.option(words, "--secret-id"): json.loads(self.option(words, "--secret-string"))["url"]
                   for words in self.call(calls, "secretsmanager put-secret-value")}
        self.assertEqual(secrets, {
            "divbase-prod/database-url": "postgres://divbase_run@new.example:5432/divbase?sslmode=verify-full",
            "divbase-prod/migration-url": "postgres://divbase_migrate@new.example:5432/divbase?sslmode=verify-full",
        })
        (update,) = self.call(calls, "cloudformation update-stack")
        self.assertIn("ParameterKey=DatabaseTokenResource,ParameterValue=cluster-NEW", update)
        self.assertIn("ParameterKey=DatabaseCluster,ParameterValue=divbase-prod-restored", update)
        self.assertIn("ParameterKey=AlarmEmail,UsePreviousValue=true", update)
        self.assertTrue(any(word.startswith("ParameterKey=Release,ParameterValue=restored-") for word in update))

    def test_with_a_proxy_it_and_its_role_do(self):
        calls = self.run_step("switch", "prod", table=answers("divbase-prod"))
        (policy,) = self.call(calls, "iam put-role-policy")
        self.assertEqual(self.option(policy, "--role-name"), "proxy-role")
        (statement,) = json.loads(self.option(policy, "--policy-document"))["Statement"]
        self.assertEqual(statement["Resource"], [f"arn:aws:rds-db:eu-north-1:123456789012:dbuser:cluster-NEW/divbase_{each}" for each in ("run", "migrate")])
        self.assertEqual(self.option(self.call(calls, "rds deregister-db-proxy-targets")[0], "--db-cluster-identifiers"), "old")
        self.assertEqual(self.option(self.call(calls, "rds register-db-proxy-targets")[0], "--db-cluster-identifiers"), "divbase-prod-restored")
        (update,) = self.call(calls, "cloudformation update-stack")
        self.assertIn("ParameterKey=DatabaseTokenResource,ParameterValue=prx-1", update)
        self.assertFalse([words for words in calls if words[0] == "secretsmanager"])

    def test_numbers_are_left_out_before_anything_runs(self):
        calls = self.run_step("number", "prod", table=answers(""))
        jobs = [json.loads(self.option(words, "--payload"))["job"] for words in self.call(calls, "lambda invoke")]
        self.assertEqual(jobs, ["skip-numbers", "facts"])
        self.assertFalse([words for words in calls if words[1] == "update-event-source-mapping"])

    def test_what_was_closed_is_opened(self):
        closed = self.run_step("close", "prod", table=answers(""))
        opened = self.run_step("open", "prod", table=answers(""))
        functions = {self.option(words, "--function-name") for words in self.call(opened, "lambda delete-function-concurrency")}
        self.assertEqual(functions, {self.option(words, "--function-name") for words in self.call(closed, "lambda put-function-concurrency")})
        self.assertEqual(len(self.call(opened, "lambda update-event-source-mapping")), 2)
        self.assertIn("DynamicScalingOutSuspended=false", str(self.call(opened, "application-autoscaling register-scalable-target")))

    def test_what_is_wrong_is_refused_before_anything_is_called(self):
        for words in (("make", "prod", "yesterday"), ("make", "prod"), ("close", "everything"), ("begin", "prod")):
            self.assertEqual(self.run_step(*words, table=answers(""), code=1), [], words)


if __name__ == "__main__":
    unittest.main()
