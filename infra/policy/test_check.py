"""Every rule holds for the real templates, and fails when one is broken on purpose.

Run: `python -m unittest discover infra/policy`.
"""

import copy
import pathlib
import unittest

import check
from template import load, resources

INFRA = pathlib.Path(__file__).parent.parent


def put(path, value):
    """A change that sets what is at `path` (keys joined by `/`; numbers index lists)."""

    def change(template):
        *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        place = template
        for step in way:
            place = place[step]
        place[last] = value

    return change


def drop(path):
    """A change that removes what is at `path`."""

    def change(template):
        *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        place = template
        for step in way:
            place = place[step]
        del place[last]

    return change


def prop(path):
    """`Resource/Property/…` as a path from the top of the template."""
    name, rest = path.split("/", 1)
    return f"Resources/{name}/Properties/{rest}"


def _statement(template, role, sid):
    document = template["Resources"][role]["Properties"]["Policies"][0]["PolicyDocument"]
    return next(statement for statement in document["Statement"] if statement["Sid"] == sid)


def revoke(role, sid, action):
    """A change that takes an action out of a role's statement."""

    def change(template):
        statement = _statement(template, role, sid)
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        statement["Action"] = [each for each in actions if each != action]
        assert len(statement["Action"]) < len(actions), f"{role}/{sid} has no {action}"

    return change


def grant(role, sid, action):
    """A change that adds an action to a role's statement."""

    def change(template):
        statement = _statement(template, role, sid)
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        statement["Action"] = actions + [action]

    return change


def unconditional(role, sid):
    """A change that takes the condition from a role's statement."""

    def change(template):
        del _statement(template, role, sid)["Condition"]

    return change


def in_text(secret, old, new):
    """A change of a secret's text."""

    def change(template):
        parts = template["Resources"][secret]["Properties"]["SecretString"]["Fn::Sub"]
        assert old in parts[0]
        parts[0] = parts[0].replace(old, new)

    return change


WORK = "Policies/0/PolicyDocument/Statement"
BUCKET_KEY = "BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault"

# Rule, what is done to template.yaml, and a word of the sentence that must come out.
MUTATIONS = [
    ("no_public_bucket", put(prop("ProjectBucket/PublicAccessBlockConfiguration/BlockPublicPolicy"), False), "BlockPublicPolicy"),
    ("no_public_bucket", drop(prop("ProjectBucket/PublicAccessBlockConfiguration")), "BlockPublicAcls"),
    ("no_public_bucket", put(prop("ProjectBucket/AccessControl"), "PublicRead"), "access control list"),
    ("no_public_bucket", put(prop("ProjectBucketPolicy/PolicyDocument/Statement/0/Effect"), "Allow"), "everybody"),
    ("bucket_keeps_versions", drop(prop("ProjectBucket/VersioningConfiguration")), "versions"),
    ("bucket_keeps_versions", put("Resources/ProjectBucket/DeletionPolicy", "Delete"), "deleted with the stack"),
    (
        "nothing_expires",
        put(prop("ProjectBucket/LifecycleConfiguration/Rules/0/NoncurrentVersionExpiration"), {"NoncurrentDays": 30}),
        "NoncurrentVersionExpiration",
    ),
    (
        "nothing_expires",
        put(prop("ProjectBucket/LifecycleConfiguration/Rules/1/Fn::If/1/ExpirationInDays"), 30),
        "ExpirationInDays",
    ),
    ("etags_stay_md5", drop(prop("ProjectBucket/BucketEncryption")), "ProjectBucket"),
    ("pages_may_use_signed_urls", drop(prop("ProjectBucket/CorsConfiguration")), "GET"),
    ("pages_may_use_signed_urls", put(prop("ProjectBucket/CorsConfiguration/CorsRules/0/AllowedMethods"), ["GET", "HEAD"]), "PUT"),
    ("pages_may_use_signed_urls", put(prop("ProjectBucket/CorsConfiguration/CorsRules/0/ExposedHeaders"), ["ETag"]), "page"),
    ("etags_stay_md5", put(prop(f"ProjectBucket/{BUCKET_KEY}/SSEAlgorithm"), "aws:kms"), "no MD5s"),
    ("etags_stay_md5", put(prop(f"ProjectBucket/{BUCKET_KEY}/KMSMasterKeyID"), {"Ref": "KeyArn"}), "no MD5s"),
    (
        "etags_stay_md5",
        put(prop(f"ProjectBucket/{BUCKET_KEY}"), {"Fn::If": ["HasKey", {"SSEAlgorithm": "aws:kms:dsse"}, {"SSEAlgorithm": "AES256"}]}),
        "no MD5s",
    ),
    ("encrypted_at_rest", put(prop("LongQueue/SqsManagedSseEnabled"), False), "LongQueue"),
    ("encrypted_at_rest", drop(prop("ApiLog/KmsKeyId")), "ApiLog"),
    ("encrypted_at_rest", drop(prop("AlarmTopic/KmsMasterKeyId")), "AlarmTopic"),
    ("encrypted_at_rest", drop(prop("RescueSchedule/KmsKeyArn")), "RescueSchedule"),
    ("encrypted_at_rest", drop("Globals/Function/KmsKeyArn"), "settings"),
    ("key_is_required", drop("Rules/StateOutsideLocal/Assertions/0"), "KeyArn"),
    ("key_is_required", drop("Rules/StateOutsideLocal/RuleCondition"), "KeyArn"),
    ("encrypted_transport", drop(prop("QueuePolicy/Queues/0")), "QuickQueue"),
    ("encrypted_transport", drop(prop("QueuePolicy/PolicyDocument/Statement/0/Resource/1")), "QuickDeadQueue"),
    ("encrypted_transport", drop("Resources/ProjectBucketPolicy"), "ProjectBucket"),
    ("no_wildcard_action", put(prop(f"ApiRole/{WORK}/2/Action"), ["sqs:*"]), "sqs:*"),
    ("no_wildcard_action", put(prop(f"ApiRole/{WORK}/2/Action"), "*"), "ApiRole"),
    ("no_wildcard_action", put(prop(f"CronRole/{WORK}/2/NotAction"), ["iam:PassRole"]), "not meant"),
    ("no_wildcard_resource", put(prop(f"ApiRole/{WORK}/2/Resource"), "*"), "sqs:SendMessage"),
    ("no_wildcard_resource", put(prop(f"WorkerLongRole/{WORK}/5/Resource/0"), {"Fn::Sub": "arn:${AWS::Partition}:s3:::*"}), "s3:"),
    ("no_wildcard_resource", put(prop("KeyPolicy/PolicyDocument/Statement/0/Resource"), "*"), "kms:"),
    ("statements_are_named", drop(prop(f"CronRole/{WORK}/0/Sid")), "CronRole"),
    ("no_foreign_policy", put(prop("ApiRole/ManagedPolicyArns/0"), "arn:aws:iam::aws:policy/AmazonS3FullAccess"), "AmazonS3FullAccess"),
    ("only_services_assume_roles", put(prop("ApiRole/AssumeRolePolicyDocument/Statement/0/Principal"), {"AWS": "*"}), "ApiRole"),
    ("only_services_assume_roles", put(prop("UrlRole/AssumeRolePolicyDocument/Statement/0/Principal"), {"AWS": {"Ref": "Stage"}}), "UrlRole"),
    ("sessions_sign_no_more_than_urls", put(prop("UrlRole/Policies/0/PolicyDocument/Statement/0/Action"), ["s3:DeleteObject"]), "s3:DeleteObject"),
    ("sessions_sign_no_more_than_urls", put(prop("UrlRole/MaxSessionDuration"), 43200), "longer"),
    ("sessions_sign_no_more_than_urls", put(prop("UrlRole/AssumeRolePolicyDocument/Statement/0/Principal"), {"AWS": {"Fn::GetAtt": ["CronRole", "Arn"]}}), "others"),
    ("one_role_per_function", put(prop("Cron/Role"), {"Fn::GetAtt": ["ApiRole", "Arn"]}), "shares"),
    ("one_role_per_function", drop(prop("WorkerQuick/Role")), "no role"),
    ("one_role_per_function", put(prop("Api/Policies"), ["AmazonS3FullAccess"]), "beside its role"),
    ("permissions_name_their_source", drop(prop("HttpApiPermission/SourceArn")), "who may call"),
    ("permissions_name_their_source", put(prop("HttpApiPermission/Principal"), "*"), "who may call"),
    ("secrets_are_references", put(prop("Api/Environment/Variables/JWT_SECRET_KEY"), "hunter2"), "JWT_SECRET_KEY"),
    ("secrets_are_references", put(prop("Migrate/Environment/Variables/FIRST_ADMIN_PASSWORD/Fn::If/1"), "hunter2"), "FIRST_ADMIN_PASSWORD"),
    ("secrets_are_references", put("Globals/Function/Environment/Variables/DATABASE_URL", {"Ref": "Stage"}), "DATABASE_URL"),
    ("every_queue_has_dead_letters", drop(prop("HeavyQueue/RedrivePolicy")), "HeavyQueue"),
    ("every_queue_has_dead_letters", put(prop("LongQueue/RedrivePolicy/deadLetterTargetArn"), {"Fn::GetAtt": ["QuickDeadQueue", "Arn"]}), "shares"),
    ("dead_letters_wait", put(prop("LongDeadQueue/MessageRetentionPeriod"), 345600), "LongDeadQueue"),
    ("dead_letters_alarm", drop("Resources/HeavyDeadAlarm"), "HeavyDeadQueue"),
    ("dead_letters_alarm", drop(prop("ScheduleDeadAlarm/AlarmActions")), "ScheduleDeadQueue"),
    ("visibility_covers_timeout", put(prop("QuickQueue/VisibilityTimeout"), 2519), "QuickQueue"),
    ("visibility_covers_timeout", put(prop("WorkerQuick/Timeout"), 421), "WorkerQuick"),
    ("visibility_covers_timeout", drop(prop("LongQueue/VisibilityTimeout")), "LongQueue"),
    ("batches_fail_in_part", drop(prop("WorkerQuick/Events/Tasks/Properties/FunctionResponseTypes")), "WorkerQuick"),
    ("concurrency_is_bounded", drop(prop("WorkerLong/Events/Tasks/Properties/ScalingConfig")), "WorkerLong"),
    ("concurrency_is_bounded", drop(prop("WorkerQuick/Events/Tasks/Properties/ScalingConfig")), "WorkerQuick"),
    ("concurrency_is_bounded", drop(prop("WorkerLong/Events/Tasks/Properties/ProvisionedPollerConfig/Fn::If/1/MaximumPollers")), "WorkerLong"),
    ("pollers_replace_concurrency", put(prop("WorkerLong/Events/Tasks/Properties/ScalingConfig"), {"MaximumConcurrency": 2}), "both"),
    ("pollers_replace_concurrency", put(prop("WorkerLong/Events/Tasks/Properties/ScalingConfig/Fn::If/0"), "HasHeavy"), "both"),
    ("pollers_are_asked_for", put("Parameters/LongPollers/Default", 2), "ask"),
    ("pollers_are_asked_for", put(prop("WorkerLong/Events/Tasks/Properties/ProvisionedPollerConfig"), {"MinimumPollers": 2, "MaximumPollers": 2}), "ask"),
    ("pollers_are_asked_for", put("Conditions/HasLongPollers", {"Fn::Equals": [{"Ref": "LongPollers"}, 0]}), "ask"),
    ("pollers_are_asked_for", put(prop("WorkerLong/Events/Tasks/Properties/ProvisionedPollerConfig/Fn::If/1/MinimumPollers"), 100), "wait"),
    ("pollers_are_asked_for", put("Parameters/LongPollersReady/Default", 3), "wait"),
    ("costs_are_of_the_worker", put(prop("WorkerLong/MemorySize"), 2048), "2.9375"),
    ("costs_are_of_the_worker", drop("Globals/Function/Environment/Variables/DIVBASE_WORKER_GB"), "None"),
    ("schedules_fail_visibly", drop(prop("RescueSchedule/Target/DeadLetterConfig")), "forgotten"),
    ("schedules_fail_visibly", drop(prop("RescueSchedule/Target/RetryPolicy")), "how often"),
    ("schedules_fail_visibly", drop(prop("RescueSchedule/ScheduleExpressionTimezone")), "time zone"),
    ("functions_log_for_a_while", drop(prop("CronLog/RetentionInDays")), "CronLog"),
    ("functions_log_for_a_while", put(prop("Cron/LoggingConfig/LogGroup"), {"Ref": "ApiLog"}), "Cron"),
    ("api_is_throttled_and_logged", drop(prop("HttpApiStage/DefaultRouteSettings/ThrottlingRateLimit")), "any number"),
    ("api_is_throttled_and_logged", drop(prop("HttpApiStage/AccessLogSettings")), "access log"),
    ("access_logs_hold_no_secrets", put(prop("HttpApiStage/AccessLogSettings/Format"), '{"path":"$context.path"}'), "path"),
    ("secrets_are_references", put(prop("Api/Environment/Variables/DIVBASE_SMTP_URL"), "smtp://me:hunter2@relay"), "DIVBASE_SMTP_URL"),
    ("no_public_bucket", put(prop("EventQueuePolicy/PolicyDocument/Statement/1/Principal"), "*"), "EventQueuePolicy"),
    ("encrypted_transport", drop(prop("EventQueuePolicy/PolicyDocument/Statement/0/Condition")), "EventQueue"),
    ("every_queue_has_dead_letters", drop(prop("EventQueue/RedrivePolicy")), "EventQueue"),
    ("visibility_covers_timeout", put(prop("EventQueue/VisibilityTimeout"), 2500), "EventQueue"),
    ("roles_are_handed_to_one_service", unconditional("CronRole", "HandOverRole"), "HandOverRole"),
    ("functions_log_in_by_token", put(prop("CronRole/ManagedPolicyArns"), []), "CronRole"),
    ("functions_log_in_by_token", put(prop("TokenPolicy/PolicyDocument/Statement/0/Resource"), {"Fn::Sub": "arn:x:rds-db:r:a:dbuser:y/*"}), "another"),
    ("functions_log_in_by_token", put(prop("MigrateRole/ManagedPolicyArns/1/Fn::If/1"), {"Ref": "TokenPolicy"}), "MigrationUser"),
    ("functions_log_in_by_token", put(prop("ApiRole/ManagedPolicyArns/1/Fn::If/1"), {"Ref": "MigrationTokenPolicy"}), "DatabaseUser"),
    ("rights_cover_calls", revoke("ApiRole", "Files", "s3:DeleteObject"), "s3:DeleteObject on object"),
    ("rights_cover_calls", revoke("CronRole", "PutAside", "sqs:SendMessage"), "bury"),
    ("rights_cover_calls", revoke("HeavyRole", "TakeBack", "s3:DeleteObjectVersion"), "destroy_below"),
    ("rights_cover_calls", revoke("CronRole", "MirrorSchedules", "scheduler:UpdateSchedule"), "mirror"),
    ("rights_are_used", grant("WorkerQuickRole", "Files", "s3:PutObject"), "s3:PutObject"),
    ("rights_are_used", grant("CronRole", "Redrive", "sqs:PurgeQueue"), "sqs:PurgeQueue"),
    ("versions_take_over_step_by_step", put(prop("HttpApiIntegration/IntegrationUri"), {"Fn::GetAtt": ["Api", "Arn"]}), "alias"),
    ("versions_take_over_step_by_step", drop(prop("Api/DeploymentPreference/Alarms")), "taken back"),
    ("versions_take_over_step_by_step", put(prop("Api/DeploymentPreference/Type"), "AllAtOnce"), "at once"),
    ("schema_comes_first", drop("Resources/WorkerLong/DependsOn"), "WorkerLong"),
    ("alarms_are_heard", drop(prop("OutboxLagAlarm/AlarmActions")), "OutboxLagAlarm"),
    ("alarms_are_heard", drop(prop("HeavyWaits/AlarmDescription")), "HeavyWaits"),
    ("containers_are_nobody", put(prop("HeavyTask/ContainerDefinitions/0/User"), "root"), "root"),
    ("deploys_leave_scaling_alone", put(prop("HeavyService/DesiredCount"), 0), "again"),
    ("deploys_leave_scaling_alone", drop(prop("HeavyWaits/Metrics/2")), "under way"),
    ("deploys_leave_scaling_alone", revoke("HeavyRole", "ProtectItself", "ecs:UpdateTaskProtection"), "stopped"),
    ("settings_can_be_set", drop(prop("Api/Environment/Variables/DIVBASE_OPERATOR_PAGES")), "DIVBASE_OPERATOR_PAGES"),
    ("settings_can_be_set", drop("Globals/Function/Environment/Variables/DIVBASE_WINDOW_BYTES"), "WorkerLong"),
    ("settings_can_be_set", put(prop("Api/Environment/Variables/DIVBASE_WINDOWS"), "3"), "says why"),
    ("what_is_set_is_read", put(prop("Cron/Environment/Variables/DIVBASE_NOTHING"), "3"), "DIVBASE_NOTHING"),
    ("defaults_are_those_of_the_code", put("Parameters/ProjectGraceDays/Default", 14), "14"),
    ("environments_fit", put(prop("Api/Environment/Variables/DIVBASE_TIME_ZONE"), "x" * 2000), "Api"),
    ("somebody_is_told", drop("Rules/StateOutsideLocal/Assertions/4"), "AlarmEmail"),
    ("everything_is_watched", drop("Resources/ApiSlowAlarm"), "Latency"),
    ("everything_is_watched", drop("Resources/TaskFailuresAlarm"), "Failed"),
    ("everything_is_watched", drop("Resources/DatabaseCapacityAlarm"), "ServerlessDatabaseCapacity"),
    ("everything_is_watched", drop("Resources/DatabaseProxyAlarm"), "BorrowLatency"),
    ("containers_are_nobody", drop(prop("HeavyTask/ContainerDefinitions/0/LogConfiguration")), "log"),
    ("containers_are_nobody", put(prop("HeavyService/NetworkConfiguration/AwsvpcConfiguration/AssignPublicIp"), "ENABLED"), "outside"),
]

# The same for data.yaml.
DATA_MUTATIONS = [
    ("no_wildcard_action", put(prop(f"ProxyRole/{WORK}/0/Action"), "secretsmanager:*"), "ProxyRole"),
    ("no_wildcard_resource", put(prop(f"ProxyRole/{WORK}/0/Resource"), "*"), "ProxyRole"),
    ("keys_rotate_and_stay", put(prop("Key/EnableKeyRotation"), False), "rotated"),
    ("keys_rotate_and_stay", put("Resources/Key/DeletionPolicy", "Delete"), "lost"),
    ("keys_rotate_and_stay", put(prop("Key/KeyPolicy/Statement/0/Principal"), {"AWS": "*"}), "everybody"),
    ("keys_rotate_and_stay", drop(prop("Key/KeyPolicy/Statement/1/Condition")), "for anybody"),
    ("secrets_are_encrypted_with_our_key", drop(prop("TokenKey/KmsKeyId")), "TokenKey"),
    ("database_is_safe", put(prop("Database/StorageEncrypted"), False), "encrypted"),
    ("database_is_safe", drop(prop("Database/DeletionProtection")), "by mistake"),
    ("database_is_safe", drop(prop("Database/BackupRetentionPeriod")), "backups"),
    ("database_is_safe", put("Resources/Database/DeletionPolicy", "Delete"), "snapshot"),
    ("database_is_safe", put(prop("DatabaseInstance/PubliclyAccessible"), True), "outside"),
    ("database_is_safe", put(prop("DatabaseProxy/RequireTLS"), False), "DatabaseProxy"),
    ("database_insists_on_tls", drop(prop("DatabaseSettings/Parameters/rds.force_ssl")), "Database"),
    ("database_passwords_rotate", drop(prop("Database/ManageMasterUserPassword")), "nobody changes"),
    ("database_passwords_rotate", put(prop("Database/EnableIAMDatabaseAuthentication"), False), "tokens"),
    ("database_passwords_rotate", put(prop("DatabaseProxy/DefaultAuthScheme"), "NONE"), "passwords"),
    ("nobody_works_as_the_master", in_text("DatabaseUrl", "divbase_run", "divbase"), "master"),
    ("nobody_works_as_the_master", in_text("MigrationUrl", "divbase_migrate", "divbase_run"), "the same user"),
    ("database_is_verified", in_text("DatabaseUrl", "verify-full", "require"), "DatabaseUrl"),
    ("database_is_verified", in_text("MigrationUrl", "?sslmode=verify-full", ""), "MigrationUrl"),
    ("database_is_verified", put(prop("DatabaseInstance/CACertificateIdentifier"), "rds-ca-ecc384-g1"), "do not know"),
    ("endpoints_reach_our_account_alone", drop(prop("StoreEndpoint/PolicyDocument")), "everything"),
    ("endpoints_reach_our_account_alone", drop(prop("QueueEndpoint/PolicyDocument/Statement/0/Condition")), "QueueEndpoint"),
    ("endpoints_reach_our_account_alone", put(prop("StoreEndpoint/PolicyDocument/Statement/1/Resource"), "arn:aws:s3:::*"), "AnswerDeployment"),
    ("images_stay_what_they_were", put(prop("WorkerImages/ImageTagMutability"), "MUTABLE"), "another image"),
    ("images_stay_what_they_were", drop(prop("WorkerImages/ImageScanningConfiguration")), "scanned"),
    ("images_stay_what_they_were", drop(prop("WorkerImages/EncryptionConfiguration")), "encrypted"),
    ("network_has_no_way_in", put(prop("DatabaseGroup/SecurityGroupIngress/0/CidrIp"), "0.0.0.0/0"), "DatabaseGroup"),
    ("network_has_no_way_in", put(prop("SubnetA/MapPublicIpOnLaunch"), True), "SubnetA"),
    ("network_has_no_way_in", put("Resources/Way", {"Type": "AWS::EC2::InternetGateway"}), "internet"),
]

EDGE = "Distribution/DistributionConfig"
EDGE_MUTATIONS = [
    ("edge_is_guarded", drop(prop(f"{EDGE}/WebACLId")), "no firewall"),
    ("edge_is_guarded", drop(prop("Firewall/Rules/0")), "any number"),
    ("edge_is_guarded", put(prop("Firewall/Rules/0/Action"), {"Count": {}}), "any number"),
    ("edge_is_guarded", drop("Resources/FirewallLogging"), "nobody sees"),
    ("edge_is_guarded", drop(prop("FirewallLogging/RedactedFields/2")), "QueryString"),
    ("edge_speaks_tls_and_keeps_nothing", put(prop(f"{EDGE}/DefaultCacheBehavior/ViewerProtocolPolicy"), "allow-all"), "without TLS"),
    ("edge_speaks_tls_and_keeps_nothing", put(prop(f"{EDGE}/DefaultCacheBehavior/CachePolicyId"), "other"), "another asked"),
    ("edge_speaks_tls_and_keeps_nothing", put(prop(f"{EDGE}/Origins/0/CustomOriginConfig/OriginProtocolPolicy"), "http-only"), "reaches api"),
    ("edge_speaks_tls_and_keeps_nothing", put(prop(f"{EDGE}/ViewerCertificate/Fn::If/1/MinimumProtocolVersion"), "TLSv1"), "old TLS"),
    ("functions_log_for_a_while", drop(prop("FirewallLog/RetentionInDays")), "for ever"),
]

COPY_MUTATIONS = [
    ("copies_are_kept", drop(prop("Vault/EncryptionKeyArn")), "our key"),
    ("copies_are_kept", put("Resources/Vault/DeletionPolicy", "Delete"), "with the stack"),
    ("copies_are_kept", drop(prop("Vault/LockConfiguration")), "at once"),
    ("keys_rotate_and_stay", put(prop("Key/EnableKeyRotation"), False), "rotated"),
]

DATA_MUTATIONS += [
    ("no_foreign_policy", put(prop("CopyRole/ManagedPolicyArns/0"), "arn:aws:iam::aws:policy/AdministratorAccess"), "AdministratorAccess"),
    (
        "no_foreign_policy",
        put(prop("CopyRole/AssumeRolePolicyDocument/Statement/0/Principal/Service"), "lambda.amazonaws.com"),
        "AWSBackup",
    ),
    ("copies_are_kept", drop(prop("CopyPlan/BackupPlan/BackupPlanRule/0/CopyActions")), "elsewhere"),
    ("copies_are_kept", drop(prop("CopyPlan/BackupPlan/BackupPlanRule/0/CopyActions/0/Lifecycle")), "for ever"),
    ("copies_are_kept", drop(prop("CopyVault/EncryptionKeyArn")), "our key"),
]

TABLES = {
    "template.yaml": MUTATIONS, "data.yaml": DATA_MUTATIONS, "edge.yaml": EDGE_MUTATIONS, "copy.yaml": COPY_MUTATIONS,
}


class Policy(unittest.TestCase):
    def test_the_templates_keep_every_rule(self):
        for name in TABLES:
            self.assertEqual(check.findings(load(INFRA / name)), [], name)

    def test_every_rule_is_broken_by_some_mutation(self):
        broken = {rule for table in TABLES.values() for rule, _, _ in table}
        self.assertEqual(broken, {rule.__name__ for rule in check.RULES})

    def test_each_mutation_is_found_by_its_rule(self):
        for name, table in TABLES.items():
            original = load(INFRA / name)
            for number, (rule, change, word) in enumerate(table):
                with self.subTest(template=name, rule=rule, word=word, number=number):
                    template = copy.deepcopy(original)
                    change(template)
                    sentences = [text for found, text in check.findings(template) if found == rule]
                    self.assertTrue(sentences, f"{rule} did not notice")
                    self.assertIn(word, " ".join(sentences))

    def test_every_alarm_has_a_runbook(self):
        text = (INFRA.parent / "docs/operations.md").read_text(encoding="utf-8")
        told = {
            name.strip()
            for line in text.splitlines()
            if line.startswith("### Alarm: ")
            for name in line.removeprefix("### Alarm: ").split(",")
        }
        alarms = set()
        for name in TABLES:
            for _, alarm in resources(load(INFRA / name), "AWS::CloudWatch::Alarm"):
                # Alarms that scale something call nobody.
                if {"Ref": "AlarmTopic"} in alarm["AlarmActions"]:
                    alarms.add(alarm["AlarmName"]["Fn::Sub"].removeprefix("divbase-${Stage}-"))
        self.assertTrue(alarms)
        self.assertEqual(alarms, told)

    def test_what_data_gives_is_what_the_template_takes(self):
        given = load(INFRA / "data.yaml")["Outputs"]
        taken = load(INFRA / "template.yaml")["Parameters"]
        self.assertLessEqual(set(given), set(taken))


if __name__ == "__main__":
    unittest.main()
