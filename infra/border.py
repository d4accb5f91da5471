"""Stands between the functions and an emulator and refuses what AWS would: calls that a function's role does not grant.

    python infra/border.py UPSTREAM LOG [--opaque]

UPSTREAM is the emulator's address. For each role of infra/template.yaml one address is served; they are printed as a line of
JSON. What is called, and whether it was refused, goes to LOG, a line of JSON each. It ends when the emulator does.

With --opaque, ETags of objects and of parts are no MD5s, as S3's are not under KMS.

Rights are those of the roles' own statements (infra/policy/rights.py), on queues by their name, on buckets by their prefix, and
on schedules. What is not read: conditions, and managed policies.
"""

import hashlib
import http.client
import json
import pathlib
import re
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE / "policy"))

import rights  # noqa: E402  (found by the line above)
from calls import ANY, BUCKET, OBJECT, ROLES  # noqa: E402
from template import load, resources  # noqa: E402

PREFIX = "divbase-"
"""Names of projects' buckets begin with it (the default of ProjectBucketPrefix)."""

ETAG = re.compile(rb"<ETag>(?:&quot;|&#34;|\")?([0-9a-f]{32}(?:-[0-9]+)?)(?:&quot;|&#34;|\")?</ETag>")

# Of a bucket: what is asked of it, by method and the name in the query.
OF_BUCKETS = {
    ("GET", "versions"): "s3:ListBucketVersions",
    ("GET", "uploads"): "s3:ListBucketMultipartUploads",
    ("GET", "cors"): "s3:GetBucketCORS",
    ("GET", "notification"): "s3:GetBucketNotification",
    ("PUT", "cors"): "s3:PutBucketCORS",
    ("PUT", "notification"): "s3:PutBucketNotification",
    ("PUT", "versioning"): "s3:PutBucketVersioning",
    ("PUT", "encryption"): "s3:PutEncryptionConfiguration",
    ("PUT", "publicAccessBlock"): "s3:PutBucketPublicAccessBlock",
    ("PUT", "ownershipControls"): "s3:PutBucketOwnershipControls",
    ("PUT", "policy"): "s3:PutBucketPolicy",
    ("PUT", "lifecycle"): "s3:PutLifecycleConfiguration",
}
PLAIN = {"GET": "s3:ListBucket", "HEAD": "s3:ListBucket", "PUT": "s3:CreateBucket", "DELETE": "s3:DeleteBucket"}
SCHEDULES = {"GET": "Get", "POST": "Create", "PUT": "Update", "DELETE": "Delete"}


def of_store(method, path, query, headers, body):
    """The rights that a request of the object store needs, with what they are on."""
    bucket, _, key = path.lstrip("/").partition("/")
    if not bucket:
        return [("s3:ListAllMyBuckets", ANY)]
    own = bucket.startswith(PREFIX)
    if not key:
        named = [OF_BUCKETS[method, name] for name in query if (method, name) in OF_BUCKETS]
        if method == "POST" and "delete" in query:
            action = "s3:DeleteObjectVersion" if b"<VersionId>" in body else "s3:DeleteObject"
            return [(action, OBJECT if own else bucket)]
        return [(named[0] if named else PLAIN[method], BUCKET if own else bucket)]
    place = OBJECT if own else bucket
    if method in ("GET", "HEAD"):
        if "uploadId" in query:
            return [("s3:ListMultipartUploadParts", place)]
        return [("s3:GetObjectVersion" if "versionId" in query else "s3:GetObject", place)]
    if method == "DELETE":
        if "uploadId" in query:
            return [("s3:AbortMultipartUpload", place)]
        return [("s3:DeleteObjectVersion" if "versionId" in query else "s3:DeleteObject", place)]
    needed = [("s3:PutObject", place)]
    source = headers.get("x-amz-copy-source")
    if source:
        read = "s3:GetObjectVersion" if "versionId=" in source else "s3:GetObject"
        needed.append((read, OBJECT if source.lstrip("/").startswith(PREFIX) else source))
    return needed


def queue_names(template):
    """The logical name of each queue by the end of its real one."""
    names = {}
    for name, queue in resources(template, "AWS::SQS::Queue"):
        names[queue["QueueName"]["Fn::Sub"].replace("divbase-${Stage}-", "")] = name
    return names


def needed(queues, method, target, headers, body):
    """The rights that a request needs, with what they are on."""
    operation = headers.get("x-amz-target", "")
    parts = urlsplit(target)
    if operation.startswith("AmazonSQS."):
        action = operation.split(".")[1].removesuffix("Batch")
        name = json.loads(body or b"{}").get("QueueUrl", "").rsplit("/", 1)[-1]
        return [(f"sqs:{action}", queues.get(re.sub(r"^divbase-[a-z]+-", "", name), name))]
    if "/scheduler/" in headers.get("authorization", ""):
        if parts.path.rstrip("/") == "/schedules":
            return [("scheduler:ListSchedules", ANY)]
        return [(f"scheduler:{SCHEDULES[method]}Schedule", "MirrorGroup")]
    return of_store(method, parts.path, parse_qs(parts.query, keep_blank_values=True), headers, body)


class Border:
    """What all addresses share."""

    def __init__(self, upstream, log, opaque):
        self.host, self.port = urlsplit(upstream).hostname, urlsplit(upstream).port
        self.opaque = opaque
        template = load(HERE / "template.yaml")
        self.queues = queue_names(template)
        self.granted = {name: set(rights.granted(name, role, template)) for name, role in resources(template, "AWS::IAM::Role") if name in ROLES}
        self.log, self.lock = open(log, "a", encoding="utf-8"), threading.Lock()
        # What stands for the store's own ETags.
        self.etags = {}

    def note(self, **what):
        with self.lock:
            print(json.dumps(what), file=self.log, flush=True)

    def veil(self, etag):
        """An ETag that is no MD5 of anything that a client knows."""
        bare = etag.strip('"')
        # Of how many parts it is, is told under KMS too.
        _, dash, parts = bare.partition("-")
        veiled = hashlib.md5(f"veiled {bare}".encode()).hexdigest() + dash + parts
        self.etags[veiled] = bare
        return f'"{veiled}"'

    def unveil(self, value):
        bare = value.strip('"')
        return f'"{self.etags[bare]}"' if bare in self.etags else value


def handler(border, role):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def body(self):
            if "chunked" in self.headers.get("Transfer-Encoding", ""):
                read = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    read += self.rfile.read(size)
                    self.rfile.readline()
                while self.rfile.readline().strip():
                    pass
                return read
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def refuse(self, action, headers):
            text = f"The role {role} is not authorized to perform {action}"
            if "x-amz-target" in headers:
                kind, body = "application/x-amz-json-1.0", json.dumps(
                    {"__type": "com.amazonaws.sqs#AccessDeniedException", "message": text})
            elif action.startswith("scheduler:"):
                kind, body = "application/json", json.dumps({"Message": text})
            else:
                kind, body = "application/xml", f"<Error><Code>AccessDenied</Code><Message>{text}</Message></Error>"
            self.answer(403, [("Content-Type", kind), ("x-amzn-ErrorType", "AccessDeniedException")], body.encode())

        def answer(self, status, headers, body):
            self.send_response_only(status)
            lengths = [value for name, value in headers if name.lower() == "content-length"]
            for name, value in headers:
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            # The length of what a HEAD would have is told by who knows it.
            length = lengths[0] if self.command == "HEAD" and lengths else len(body)
            if status not in (204, 304):
                self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def pass_on(self):
            body = self.body()
            headers = {name.lower(): value for name, value in self.headers.items()}
            # Preflights are the browser's, not the role's.
            if self.command != "OPTIONS":
                for action, place in needed(border.queues, self.command, self.path, headers, body):
                    granted = (action, place) in border.granted[role]
                    border.note(role=role, action=action, on=place, at=urlsplit(self.path).path, granted=granted)
                    if not granted:
                        return self.refuse(action, headers)
            headers.pop("transfer-encoding", None)
            headers["content-length"] = str(len(body))
            for name in ("if-match", "if-none-match", "x-amz-copy-source-if-match"):
                if name in headers:
                    headers[name] = border.unveil(headers[name])
            of_store = "x-amz-target" not in headers and "/scheduler/" not in headers.get("authorization", "")
            if border.opaque and of_store and self.command == "POST":
                # The parts of which an upload is made.
                body = ETAG.sub(lambda found: f"<ETag>{border.unveil(found[1].decode())}</ETag>".encode(), body)
                headers["content-length"] = str(len(body))
            connection = http.client.HTTPConnection(border.host, border.port, timeout=60)
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            read, answered = response.read(), response.getheaders()
            connection.close()
            if border.opaque and of_store:
                is_object = any(name.lower() == "etag" for name, _ in answered)
                answered = [(name, border.veil(value) if name.lower() == "etag" else value) for name, value in answered]
                if is_object:
                    told = "x-amz-server-side-encryption"
                    answered = [(name, value) for name, value in answered if name.lower() != told] + [(told, "aws:kms")]
                # What an object holds is its own, whatever it looks like.
                if not is_object and b"<ETag>" in read:
                    read = ETAG.sub(lambda found: f"<ETag>{border.veil(found[1].decode())}</ETag>".encode(), read)
            self.answer(response.status, answered, read)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = pass_on

    return Handler


def main(upstream, log, *options):
    border = Border(upstream, log, "--opaque" in options)
    addresses = {}
    for role in border.granted:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler(border, role))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        addresses[role] = f"http://127.0.0.1:{server.server_address[1]}"
    print(json.dumps(addresses), flush=True)
    missed = 0
    while missed < 3:
        time.sleep(2)
        try:
            socket.create_connection((border.host, border.port), timeout=5).close()
            missed = 0
        except OSError:
            missed += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
