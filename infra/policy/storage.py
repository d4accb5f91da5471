"""Rules about what holds data: nothing public, everything encrypted."""

from template import (
    as_list,
    branches,
    is_encrypted_outside_local,
    resources,
    statements,
    target,
)

PUBLIC_ACCESS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")

# Where each type names the key that encrypts it.
KEY_PROPERTY = {
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::Scheduler::Schedule": "KmsKeyArn",
}


def no_public_bucket(template):
    for name, bucket in resources(template, "AWS::S3::Bucket"):
        block = bucket.get("PublicAccessBlockConfiguration", {})
        for setting in PUBLIC_ACCESS:
            if block.get(setting) is not True:
                yield f"{name}: {setting} is not true"
        if "AccessControl" in bucket:
            yield f"{name}: uses an access control list"
    for name, policy in resources(template, "AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"):
        for statement in statements(policy["PolicyDocument"]):
            if statement["Effect"] == "Allow" and statement.get("Principal") in ("*", {"AWS": "*"}):
                yield f"{name}: allows everybody something"


def bucket_keeps_versions(template):
    for name, bucket in resources(template, "AWS::S3::Bucket"):
        if bucket.get("VersioningConfiguration", {}).get("Status") != "Enabled":
            yield f"{name}: does not keep versions"
        resource = template["Resources"][name]
        if resource.get("DeletionPolicy") != "Retain" or resource.get("UpdateReplacePolicy") != "Retain":
            yield f"{name}: would be deleted with the stack"


def nothing_expires(template):
    """S3 destroys no version: it does not know what versions of a project protect. The clean-up does."""
    for name, bucket in resources(template, "AWS::S3::Bucket"):
        for rule in bucket.get("LifecycleConfiguration", {}).get("Rules", []):
            for way in branches(rule):
                for setting in way:
                    if setting.startswith(("Expir", "NoncurrentVersionExpir", "ExpiredObject")):
                        yield f"{name}: {setting} destroys what a version of a project may name"


def etags_stay_md5(template):
    """Buckets are encrypted with the store's own keys (SSE-S3), in every stage.

    Clients verify a download by its ETag, which is an MD5 under SSE-S3 and is none under KMS:
    every download by the public client would fail there.
    """
    for name, bucket in resources(template, "AWS::S3::Bucket"):
        rules = bucket.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
        chosen = [way for rule in rules for way in branches(rule["ServerSideEncryptionByDefault"])]
        if not chosen or any(way != {"SSEAlgorithm": "AES256"} for way in chosen):
            yield f"{name}: is not encrypted with SSE-S3, so its ETags are no MD5s"


def pages_may_use_signed_urls(template):
    """Browsers send and read files by signed URLs, from whatever site: without these rules they refuse to."""
    for name, bucket in resources(template, "AWS::S3::Bucket"):
        rules = bucket.get("CorsConfiguration", {}).get("CorsRules", [])
        for method in ("GET", "HEAD", "PUT"):
            if not any(
                method in rule["AllowedMethods"]
                and "*" in rule["AllowedOrigins"]
                and "*" in rule.get("AllowedHeaders", [])
                and {"ETag", "Content-Range"} <= set(rule.get("ExposedHeaders", []))
                for rule in rules
            ):
                yield f"{name}: no page may {method} by a signed URL"


def encrypted_at_rest(template):
    for name, queue in resources(template, "AWS::SQS::Queue"):
        if queue.get("SqsManagedSseEnabled") is not True and "KmsMasterKeyId" not in queue:
            yield f"{name}: is not encrypted"
    for kind, key_property in KEY_PROPERTY.items():
        for name, properties in resources(template, kind):
            if not is_encrypted_outside_local(properties.get(key_property)):
                yield f"{name}: {key_property} is not KeyArn"
    shared = template.get("Globals", {}).get("Function", {})
    for name, function in resources(template, "AWS::Serverless::Function"):
        if not is_encrypted_outside_local(function.get("KmsKeyArn", shared.get("KmsKeyArn"))):
            yield f"{name}: its settings are not encrypted with KeyArn"


def key_is_required(template):
    needed = "KeyArn may be empty only for the stage `local`."
    outside_local = {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "local"]}]}
    # What has no default has to be given.
    if "Default" not in template["Parameters"].get("KeyArn", {}):
        return
    for rule in template.get("Rules", {}).values():
        for assertion in rule["Assertions"]:
            if (
                rule.get("RuleCondition") == outside_local
                and assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "KeyArn"}, ""]}]}
            ):
                return
    yield f"no rule says: {needed}"


def encrypted_transport(template):
    """Every bucket and queue denies requests that are not encrypted."""
    covered = set()
    for _, policy in resources(template, "AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"):
        for statement in statements(policy["PolicyDocument"]):
            denies = (
                statement["Effect"] == "Deny"
                and statement.get("Principal") == "*"
                and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
            )
            if denies:
                attached = as_list(policy.get("Queues", policy.get("Bucket")))
                meant = {target(resource) for resource in as_list(statement["Resource"])}
                covered |= {target(resource) for resource in attached} & meant
    for name, _ in resources(template, "AWS::S3::Bucket", "AWS::SQS::Queue"):
        if name not in covered:
            yield f"{name}: accepts requests that are not encrypted"


RULES = [
    no_public_bucket,
    bucket_keeps_versions,
    nothing_expires,
    etags_stay_md5,
    pages_may_use_signed_urls,
    encrypted_at_rest,
    key_is_required,
    encrypted_transport,
]
