"""Rules about what must not be lost or reached: database, keys, secrets, network."""

import pathlib
import re

from template import NO_VALUE, as_list, branches, resources, target

ANYWHERE = {"0.0.0.0/0", "::/0"}

CERTIFICATES = pathlib.Path(__file__).parent.parent.parent / "shared/db/certificates"

OF_AWS = (":cloudformation-custom-resource-response-*/", "-starport-layer-bucket/")
"""Buckets of AWS: answers of custom resources, and layers of images."""


def keys_rotate_and_stay(template):
    for name, key in resources(template, "AWS::KMS::Key"):
        if key.get("EnableKeyRotation") is not True:
            yield f"{name}: is never rotated"
        if template["Resources"][name].get("DeletionPolicy") != "Retain":
            yield f"{name}: would be deleted with the stack, and everything encrypted with it lost"
        for statement in as_list(key["KeyPolicy"]["Statement"]):
            principal = statement["Principal"]
            if principal in ("*", {"AWS": "*"}):
                yield f"{name}: everybody may use it"
            if "Service" in principal and "Condition" not in statement:
                yield f"{name}: {principal['Service']} may use it for anybody"


def secrets_are_encrypted_with_our_key(template):
    keys = {name for name, _ in resources(template, "AWS::KMS::Key")}
    for name, secret in resources(template, "AWS::SecretsManager::Secret"):
        if target(secret.get("KmsKeyId")) not in keys:
            yield f"{name}: is not encrypted with our key"


def database_is_safe(template):
    for name, cluster in resources(template, "AWS::RDS::DBCluster"):
        if cluster.get("StorageEncrypted") is not True or "KmsKeyId" not in cluster:
            yield f"{name}: is not encrypted with our key"
        if cluster.get("DeletionProtection") is not True:
            yield f"{name}: can be deleted by mistake"
        if "BackupRetentionPeriod" not in cluster:
            yield f"{name}: does not say how long backups are kept"
        if template["Resources"][name].get("DeletionPolicy") not in ("Snapshot", "Retain"):
            yield f"{name}: leaves no snapshot"
    for name, instance in resources(template, "AWS::RDS::DBInstance"):
        if instance.get("PubliclyAccessible") is not False:
            yield f"{name}: is reachable from outside"
    for name, proxy in resources(template, "AWS::RDS::DBProxy"):
        if proxy.get("RequireTLS") is not True:
            yield f"{name}: accepts connections that are not encrypted"


def database_insists_on_tls(template):
    settings = dict(resources(template, "AWS::RDS::DBClusterParameterGroup"))
    for name, cluster in resources(template, "AWS::RDS::DBCluster"):
        group = settings.get(target(cluster.get("DBClusterParameterGroupName")), {})
        if group.get("Parameters", {}).get("rds.force_ssl") != "1":
            yield f"{name}: accepts connections that are not encrypted"


def database_passwords_rotate(template):
    """RDS makes and changes the master's password; whoever else logs in does so by a token."""
    for name, cluster in resources(template, "AWS::RDS::DBCluster"):
        if cluster.get("ManageMasterUserPassword") is not True or "MasterUserPassword" in cluster:
            yield f"{name}: has a password that nobody changes"
        if cluster.get("EnableIAMDatabaseAuthentication") is not True:
            yield f"{name}: takes no tokens"
    for name, proxy in resources(template, "AWS::RDS::DBProxy"):
        if proxy.get("DefaultAuthScheme") != "IAM_AUTH" or "Auth" in proxy:
            yield f"{name}: takes passwords from functions, or has one"


def nobody_works_as_the_master(template):
    masters = {cluster["MasterUsername"] for _, cluster in resources(template, "AWS::RDS::DBCluster")}
    users = []
    for name, user, _ in _database_urls(template):
        users.append(user)
        if user in masters:
            yield f"{name}: logs in as the master"
    if masters and len(set(users)) < 2:
        yield "migrations and functions log in as the same user"


def database_is_verified(template):
    """A connection is made to who has the certificate of the host's name, by an authority that we know."""
    for name, _, ending in _database_urls(template):
        if not ending.endswith("sslmode=verify-full"):
            yield f"{name}: does not verify whom it talks to"
    for name, instance in resources(template, "AWS::RDS::DBInstance"):
        authority = instance.get("CACertificateIdentifier")
        if not (CERTIFICATES / f"{authority}.pem").is_file():
            yield f"{name}: has a certificate of {authority}, which functions do not know"


def _database_urls(template):
    """Secret, user and ending of each Postgres URL."""
    for name, secret in resources(template, "AWS::SecretsManager::Secret"):
        text = secret.get("SecretString", {})
        text = text["Fn::Sub"][0] if isinstance(text, dict) and "Fn::Sub" in text else ""
        found = re.search(r'"postgres://([^@:]+)@[^"]*?/divbase([^"]*)"', text)
        if found:
            yield name, found.group(1), found.group(2)


def endpoints_reach_our_account_alone(template):
    """What is in the network reaches, of AWS, what belongs to this account, and single things of AWS itself."""
    own = ({"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}, {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}})
    for name, endpoint in resources(template, "AWS::EC2::VPCEndpoint"):
        if "PolicyDocument" not in endpoint:
            yield f"{name}: lets everything through"
            continue
        for entry in as_list(endpoint["PolicyDocument"]["Statement"]):
            for statement in branches(entry):
                if statement == NO_VALUE or statement.get("Condition", {}).get("StringEquals") in own:
                    continue
                text = str(statement["Resource"])
                if not any(place in text for place in OF_AWS) or "*" in str(statement["Action"]):
                    yield f"{name}/{statement['Sid']}: leads out of the account"


def images_stay_what_they_were(template):
    for name, repository in resources(template, "AWS::ECR::Repository"):
        if repository.get("ImageTagMutability") != "IMMUTABLE":
            yield f"{name}: a tag may become another image"
        if repository.get("ImageScanningConfiguration", {}).get("ScanOnPush") is not True:
            yield f"{name}: images are not scanned"
        if repository.get("EncryptionConfiguration", {}).get("EncryptionType") != "KMS":
            yield f"{name}: is not encrypted with our key"


def network_has_no_way_in(template):
    for name, group in resources(template, "AWS::EC2::SecurityGroup"):
        for rule in group.get("SecurityGroupIngress", []):
            if {rule.get("CidrIp"), rule.get("CidrIpv6")} & ANYWHERE:
                yield f"{name}: is open to everybody"
    for name, subnet in resources(template, "AWS::EC2::Subnet"):
        if subnet.get("MapPublicIpOnLaunch") is not False:
            yield f"{name}: gives out public addresses"
    for name, _ in resources(template, "AWS::EC2::InternetGateway", "AWS::EC2::NatGateway"):
        yield f"{name}: connects the network with the internet"


RULES = [
    keys_rotate_and_stay,
    secrets_are_encrypted_with_our_key,
    database_is_safe,
    database_insists_on_tls,
    database_passwords_rotate,
    nobody_works_as_the_master,
    database_is_verified,
    endpoints_reach_our_account_alone,
    images_stay_what_they_were,
    network_has_no_way_in,
]
