"""The border knows which right a request needs, and lets through what a role has and nothing else."""

import json
import pathlib
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

INFRA = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(INFRA))

import border  # noqa: E402  (found by the line above)
from calls import BUCKET, OBJECT  # noqa: E402
from template import load  # noqa: E402

QUEUES = border.queue_names(load(INFRA / "template.yaml"))


def of_store(method, target, headers=None, body=b""):
    return border.needed(QUEUES, method, target, headers or {}, body)


class Rights(unittest.TestCase):
    def test_requests_of_the_store(self):
        table = [
            ("GET", "/divbase-a?list-type=2", "s3:ListBucket", BUCKET),
            ("GET", "/divbase-a?versions", "s3:ListBucketVersions", BUCKET),
            ("HEAD", "/divbase-a", "s3:ListBucket", BUCKET),
            ("PUT", "/divbase-a", "s3:CreateBucket", BUCKET),
            ("PUT", "/divbase-a?lifecycle", "s3:PutLifecycleConfiguration", BUCKET),
            ("GET", "/divbase-a/k", "s3:GetObject", OBJECT),
            ("HEAD", "/divbase-a/k?versionId=1", "s3:GetObjectVersion", OBJECT),
            ("POST", "/divbase-a/k?uploads", "s3:PutObject", OBJECT),
            ("DELETE", "/divbase-a/k?uploadId=1", "s3:AbortMultipartUpload", OBJECT),
            ("DELETE", "/divbase-a/k", "s3:DeleteObject", OBJECT),
            ("DELETE", "/divbase-a/k?versionId=1", "s3:DeleteObjectVersion", OBJECT),
            ("GET", "/somebody-elses/k", "s3:GetObject", "somebody-elses"),
        ]
        for method, target, action, place in table:
            with self.subTest(method=method, target=target):
                self.assertEqual(of_store(method, target), [(action, place)])
        copied = of_store("PUT", "/divbase-a/k", {"x-amz-copy-source": "divbase-b/k?versionId=1"})
        self.assertEqual(copied, [("s3:PutObject", OBJECT), ("s3:GetObjectVersion", OBJECT)])

    def test_requests_of_queues(self):
        body = json.dumps({"QueueUrl": "http://127.0.0.1/000000000000/divbase-local-long-dead"}).encode()
        headers = {"x-amz-target": "AmazonSQS.SendMessageBatch"}
        self.assertEqual(border.needed(QUEUES, "POST", "/", headers, body), [("sqs:SendMessage", "LongDeadQueue")])


class Emulator(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("ETag", '"d41d8cd98f00b204e9800998ecf8427e"')
        # As emulators and S3 itself say of what they encrypt by themselves.
        self.send_header("x-amz-server-side-encryption", "AES256")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_PUT = do_DELETE = do_GET

    def log_message(self, *_):
        pass


class Between(unittest.TestCase):
    def setUp(self):
        self.servers = []
        self.log = tempfile.NamedTemporaryFile()
        upstream = self.serve(Emulator)
        self.border = border.Border(upstream, self.log.name, opaque=True)

    def tearDown(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()
        self.border.log.close()
        self.log.close()

    def serve(self, kind):
        server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
        self.servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    def test_a_role_does_what_it_may(self):
        address = self.serve(border.handler(self.border, "WorkerQuickRole"))
        with urllib.request.urlopen(f"{address}/divbase-a/table.tsv") as answer:
            self.assertEqual(answer.read(), b"ok")
            # No MD5 of what is in it, as under KMS.
            self.assertNotIn("d41d8cd98f00b204e9800998ecf8427e", answer.headers["ETag"])
            self.assertEqual(answer.headers.get_all("x-amz-server-side-encryption"), ["aws:kms"])
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(f"{address}/divbase-a/table.tsv", b"x", method="PUT"))
        self.assertEqual(refused.exception.code, 403)
        self.assertIn(b"s3:PutObject", refused.exception.read())
        noted = [json.loads(line) for line in pathlib.Path(self.log.name).read_text().splitlines()]
        self.assertEqual([(note["action"], note["granted"]) for note in noted],
                         [("s3:GetObject", True), ("s3:PutObject", False)])


if __name__ == "__main__":
    unittest.main()
