"""Rules about what must not be lost or reached: database, keys, secrets, network."""

from template import as_list, resources, target

ANYWHERE = {"0.0.0.0/0", "::/0"}


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
        for way in proxy["Auth"]:
            if way.get("IAMAuth") != "REQUIRED":
                yield f"{name}: takes passwords from functions"


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
    images_stay_what_they_were,
    network_has_no_way_in,
]
