"""Deploys infra/template.yaml as it is into an emulator on this machine.

    python infra/deploy_local.py ZIPS DATABASE_URL [PARAMETER=VALUE…]

ZIPS is the folder with NAME/bootstrap.zip of each function. Runs below `with-stack`: the emulator
is found by AWS_ENDPOINT_URL, and functions reach it by the same address; bcftools is found by
DIVBASE_BCFTOOLS. What `sam deploy` does on AWS is
done here in a few calls: upload the zips, point the template at them, create or update the
stack. The outputs are printed as JSON.

As on AWS, functions log in to the database as one of the two roles of roles.sql, and a call that a
function's role does not grant is refused (border.py, which writes the calls to DIVBASE_BORDER_LOG).
With DIVBASE_OPAQUE_ETAGS=1 the store's ETags are no MD5s, as under KMS.
"""

import hashlib
import json
import os
import pathlib
import secrets
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE / "policy"))

from template import load, resources  # noqa: E402  (found by the line above)

STACK = "divbase-local"
ARTIFACTS = "divbase-artifacts"


def client(service):
    # A URL with the bucket as part of the host name does not resolve on this machine.
    return boto3.client(service, config=Config(s3={"addressing_style": "path"}))


def upload(zips, template):
    """Uploads each function's zip and points the template at it."""
    s3 = client("s3")
    try:
        s3.create_bucket(Bucket=ARTIFACTS)
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
            raise
    for name, function in resources(template, "AWS::Serverless::Function"):
        binary = template["Resources"][name]["Metadata"]["BuildProperties"]["Binary"]
        body = (zips / binary / "bootstrap.zip").read_bytes()
        # Named by content, so that an update sees which functions changed.
        key = f"{binary}-{hashlib.sha256(body).hexdigest()[:16]}.zip"
        s3.put_object(Bucket=ARTIFACTS, Key=key, Body=body)
        function["CodeUri"] = {"Bucket": ARTIFACTS, "Key": key}


def log_in_as_roles(database_url):
    """Makes the two roles and gives the URLs by which migrations and functions log in, with passwords where AWS has tokens."""
    psql = pathlib.Path((HERE.parent / ".local/postgres-bindir").read_text().strip()) / "psql"
    if not psql.exists():
        psql = "psql"

    def run(sql):
        command = [psql, "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", database_url]
        subprocess.run(command, input=sql, text=True, check=True, stdout=sys.stderr)

    run((HERE / "roles.sql").read_text(encoding="utf-8"))
    urls = []
    for role in ("divbase_migrate", "divbase_run"):
        password = secrets.token_hex(16)
        run(f"ALTER ROLE {role} PASSWORD '{password}'")
        parts = urlsplit(database_url)
        urls.append(urlunsplit(parts._replace(netloc=f"{role}:{password}@{parts.hostname}:{parts.port}")))
    return urls


def put_border_between(template, endpoint):
    """Has each function call the emulator through an address that knows what its role may."""
    log = os.environ.get("DIVBASE_BORDER_LOG") or str(HERE.parent / ".local/border.log")
    options = ["--opaque"] if os.environ.get("DIVBASE_OPAQUE_ETAGS") == "1" else []
    border = subprocess.Popen(
        [sys.executable, HERE / "border.py", endpoint, log, *options],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )
    addresses = json.loads(border.stdout.readline())
    for _, function in resources(template, "AWS::Serverless::Function"):
        role = function["Role"]["Fn::GetAtt"][0]
        if role in addresses:
            function["Environment"]["Variables"]["AWS_ENDPOINT_URL"] = addresses[role]
    return addresses


def put_values_in(template, parameters):
    """Replaces references to number parameters by the numbers, and to the one that SAM itself reads by its value.

    MiniStack 1.5.33 hands numbers on as text, and its event sources then fail to compare them; and it
    does not tell SAM's transform of parameters. Variables of functions are text, as CloudFormation makes them.
    """
    def number(text):
        return int(text) if float(text).is_integer() else float(text)

    values = {
        name: number(parameters.get(name, parameter.get("Default")))
        for name, parameter in template["Parameters"].items()
        if parameter["Type"] == "Number"
    } | {"Canary": parameters["Canary"]}

    def replaced(node, as_text=False):
        if isinstance(node, dict):
            if set(node) == {"Ref"} and node["Ref"] in values:
                value = values[node["Ref"]]
                return str(value) if as_text else value
            return {key: replaced(value, as_text or key == "Environment") for key, value in node.items()}
        if isinstance(node, list):
            return [replaced(value, as_text) for value in node]
        return node

    template["Resources"] = replaced(template["Resources"])


def keep_secret(name, value, replace=False):
    """The ARN of the secret `name`, made if need be. A value that is there stays unless it is to be replaced."""
    manager = client("secretsmanager")
    try:
        return manager.create_secret(Name=name, SecretString=json.dumps(value))["ARN"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceExistsException":
            raise
    if replace:
        manager.put_secret_value(SecretId=name, SecretString=json.dumps(value))
    return manager.describe_secret(SecretId=name)["ARN"]


def deploy(template, parameters):
    """Creates or updates the stack, waits, and returns its outputs."""
    cloudformation = client("cloudformation")
    # By address, as `sam deploy` does it: as part of the request it may have 51,200 bytes.
    s3 = client("s3")
    s3.put_object(Bucket=ARTIFACTS, Key="template.json", Body=json.dumps(template).encode())
    request = {
        "StackName": STACK,
        "TemplateURL": f"{s3.meta.endpoint_url}/{ARTIFACTS}/template.json",
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    try:
        cloudformation.create_stack(**request)
        waiter = cloudformation.get_waiter("stack_create_complete")
    except ClientError as error:
        if error.response["Error"]["Code"] != "AlreadyExistsException":
            raise
        cloudformation.update_stack(**request)
        waiter = cloudformation.get_waiter("stack_update_complete")
    try:
        waiter.wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    except Exception:
        for event in cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]:
            if "FAILED" in event["ResourceStatus"]:
                print(event["LogicalResourceId"], event.get("ResourceStatusReason"), file=sys.stderr)
        raise
    stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def main(zips, database_url, *overrides):
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    os.environ.setdefault("AWS_DEFAULT_REGION", os.environ.get("AWS_REGION", "us-east-1"))
    template = load(HERE / "template.yaml")
    upload(pathlib.Path(zips), template)
    addresses = put_border_between(template, endpoint)
    migration_url, run_url = log_in_as_roles(database_url)
    parameters = {
        "Stage": "local",
        "Architecture": "x86_64",
        "DatabaseSecretArn": keep_secret("divbase-local/database", {"url": run_url}, replace=True),
        "MigrationSecretArn": keep_secret("divbase-local/migration", {"url": migration_url}, replace=True),
        "JwtSecretArn": keep_secret("divbase-local/jwt", {"key": secrets.token_hex(32)}),
        "AdminEmail": os.environ.get("FIRST_ADMIN_EMAIL", ""),
        "AdminSecretArn": keep_secret(
            "divbase-local/admin", {"password": os.environ.get("FIRST_ADMIN_PASSWORD", "")}
        ),
        "EndpointUrl": endpoint,
        "BcftoolsPath": os.environ["DIVBASE_BCFTOOLS"],
        # The emulator has no CodeDeploy.
        "Canary": "false",
        # An operator's own page, for ours to lead to.
        "TermsPage": "https://example.org/terms",
        # A new value each time, so that an update migrates too.
        "Release": secrets.token_hex(4),
    }
    parameters.update(override.split("=", 1) for override in overrides)
    put_values_in(template, parameters)
    outputs = deploy(template, parameters)
    # By path: the host name that AWS would give it does not resolve on this machine.
    outputs["LocalApiUrl"] = f"{endpoint}/_aws/execute-api/{outputs['ApiId']}/$default"
    # Where each role's calls are let through or refused, as a text, for outputs are texts.
    outputs["Border"] = json.dumps(addresses)
    json.dump(outputs, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main(*sys.argv[1:])
