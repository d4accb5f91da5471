"""Starts MiniStack with the faults mended that DivBase's clients meet.

MiniStack 1.5.33 differs from S3 in three ways. Answers that are right pass unchanged, and
tests of this crate say when MiniStack gives them by itself and a part of this file can go.

- It ignores `Range` when a version id is given and answers 200 with the whole object; S3
  answers 206. Clients that ask for the first byte to learn size and ETag then miss
  `Content-Range`.
- It ignores `encoding-type=url` in listings of versions and of uploads, so that keys with
  characters that XML cannot carry break them; S3 writes such keys as in a URL.
- It lets every web page read every bucket; S3 does as the CORS rules of the bucket say.
"""

import threading
from urllib.parse import quote
from xml.etree.ElementTree import SubElement

from ministack import app
from ministack.services import s3

# ---------------------------------------------------------------- ranges of versions

whole_or_range = s3._get_object


def get_object(bucket_name, key, headers, query_params=None):
    status, answered, body = whole_or_range(bucket_name, key, headers, query_params)
    asked = headers.get("range")
    if status != 200 or not asked or "Content-Range" in answered:
        return status, answered, body
    span = s3._parse_range(asked, len(body))
    if span is None:
        refusal = {"Content-Type": "application/xml", "Content-Range": f"bytes */{len(body)}"}
        return 416, refusal, s3._xml_body(s3._range_error_xml(bucket_name, key))
    first, last = span
    # A checksum of the whole says nothing about a part, so S3 leaves it out.
    answered = {
        name: value for name, value in answered.items() if not name.lower().startswith("x-amz-checksum-")
    }
    answered["Content-Length"] = str(last - first + 1)
    answered["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
    return 206, answered, body[first : last + 1]


s3._get_object = get_object

# ---------------------------------------------------------------- keys in listings

KEYS = {"Key", "Prefix", "Delimiter", "KeyMarker", "NextKeyMarker"}
asked_for = threading.local()
plain_body = s3._xml_body


def body_as_asked(root):
    if getattr(asked_for, "encoding", False) and root.find("EncodingType") is None:
        for element in root.iter():
            if element.tag in KEYS and element.text:
                element.text = quote(element.text, safe="/")
        SubElement(root, "EncodingType").text = "url"
    return plain_body(root)


def encoding(listing):
    def listed(bucket_name, query_params):
        if s3._qp(query_params, "encoding-type", "") != "url":
            return listing(bucket_name, query_params)
        asked_for.encoding = True
        try:
            return listing(bucket_name, query_params)
        finally:
            asked_for.encoding = False

    return listed


s3._xml_body = body_as_asked
s3._list_object_versions = encoding(s3._list_object_versions)
s3._list_multipart_uploads = encoding(s3._list_multipart_uploads)

# ---------------------------------------------------------------- CORS

answer_all = app.app


async def answer_by_rules(scope, receive, send):
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope.get("headers", [])}
    target = None
    if scope["type"] == "http" and "origin" in headers:
        target = app._s3_cors_target(headers.get("host", ""), scope["path"])
    if target is None:
        await answer_all(scope, receive, send)
        return
    if scope["method"] == "OPTIONS":
        status, answered, body = s3.cors_preflight(*target, headers)
        lines = [(name.lower().encode(), value.encode()) for name, value in answered.items()]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": body})
        return
    allowed = s3.cors_response_headers(target[0], scope["method"], headers)

    async def send_by_rules(message):
        if message["type"] == "http.response.start":
            others = [
                (name, value)
                for name, value in message.get("headers", [])
                if not name.lower().startswith(b"access-control-")
            ]
            ours = [(name.lower().encode(), value.encode()) for name, value in allowed.items()]
            message = {**message, "headers": others + ours}
        await send(message)

    await answer_all(scope, receive, send_by_rules)


app.app = answer_by_rules
app.main()
