"""Rules about what stands in front of the API, and about copies elsewhere."""

from template import as_list, branches, resources, target

NO_STORE = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""CachingDisabled, a cache policy of AWS."""


def edge_is_guarded(template):
    """A firewall that refuses too many requests of one address, and says what it refused."""
    walls = dict(resources(template, "AWS::WAFv2::WebACL"))
    for name, distribution in resources(template, "AWS::CloudFront::Distribution"):
        if target(distribution["DistributionConfig"].get("WebACLId")) not in walls:
            yield f"{name}: has no firewall"
    logged = {target(logging["ResourceArn"]) for _, logging in resources(template, "AWS::WAFv2::LoggingConfiguration")}
    for name, wall in walls.items():
        if not any("RateBasedStatement" in rule["Statement"] and "Block" in rule.get("Action", {}) for rule in wall.get("Rules", [])):
            yield f"{name}: lets one address ask any number of times"
        if name not in logged:
            yield f"{name}: nobody sees what it refuses"
    for name, logging in resources(template, "AWS::WAFv2::LoggingConfiguration"):
        hidden = str(logging.get("RedactedFields", ""))
        for field in ("authorization", "cookie", "QueryString", "UriPath"):
            if field not in hidden:
                yield f"{name}: the log has {field}, which may hold a token"


def edge_speaks_tls_and_keeps_nothing(template):
    for name, distribution in resources(template, "AWS::CloudFront::Distribution"):
        config = distribution["DistributionConfig"]
        for behavior in [config["DefaultCacheBehavior"], *config.get("CacheBehaviors", [])]:
            if behavior.get("ViewerProtocolPolicy") not in ("redirect-to-https", "https-only"):
                yield f"{name}: answers without TLS"
            if behavior.get("CachePolicyId") != NO_STORE:
                yield f"{name}: may answer one person with what another asked"
        for origin in config["Origins"]:
            if origin.get("CustomOriginConfig", {}).get("OriginProtocolPolicy") != "https-only":
                yield f"{name}: reaches {origin['Id']} without TLS"
        for certificate in branches(config.get("ViewerCertificate", {})):
            old = certificate.get("MinimumProtocolVersion", "").split("_")[0] not in ("TLSv1.2", "TLSv1.3")
            if "AcmCertificateArn" in certificate and old:
                yield f"{name}: takes an old TLS"


def copies_are_kept(template):
    """What is copied is encrypted with our key, stays when a stack goes, and ends some day."""
    keys = {name for name, _ in resources(template, "AWS::KMS::Key")}
    for name, vault in resources(template, "AWS::Backup::BackupVault"):
        if target(vault.get("EncryptionKeyArn")) not in keys:
            yield f"{name}: is not encrypted with our key"
        if template["Resources"][name].get("DeletionPolicy") != "Retain":
            yield f"{name}: would go with the stack"
    for name, plan in resources(template, "AWS::Backup::BackupPlan"):
        for rule in as_list(plan["BackupPlan"]["BackupPlanRule"]):
            if not rule.get("CopyActions"):
                yield f"{name}: copies nothing elsewhere"
            for kept in [rule, *rule.get("CopyActions", [])]:
                if "DeleteAfterDays" not in kept.get("Lifecycle", {}):
                    yield f"{name}: keeps copies for ever"
    for name, vault in resources(template, "AWS::Backup::BackupVault"):
        # Whoever takes the account over must not take the copies away too.
        if "copies" in str(vault.get("BackupVaultName")) and "MinRetentionDays" not in vault.get("LockConfiguration", {}):
            yield f"{name}: copies can be deleted at once"


RULES = [edge_is_guarded, edge_speaks_tls_and_keeps_nothing, copies_are_kept]
