"""One request at a time: credentials, attempts, and refusals as exceptions."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import Any

ATTEMPTS = 3
"""A request that may be repeated is made so many times, if the server is busy or away."""

TIMEOUT = 60.0
"""Seconds to wait for an answer."""

LONGEST_PAUSE = 30.0
"""Seconds; a server that wants a longer pause than this is refused at once."""


class ApiError(Exception):
    """The server refused. `type` is the code of docs/errors.md."""

    def __init__(self, status: int, type: str, detail: str, request_id: str | None) -> None:
        super().__init__(f"{detail} ({type}, status {status}, request {request_id})")
        self.status = status
        self.type = type
        self.detail = detail
        self.request_id = request_id


class Api:
    """The routes below `/api/v1` of one server."""

    def __init__(self, url: str, token: str | None) -> None:
        self.base = url.rstrip("/") + "/v1"
        self.token = token

    def get(self, *path: str, **query: str) -> Any:
        return self._call("GET", path, query, None, {})

    def post(self, *path: str, body: object, **query: str) -> Any:
        headers = {"Content-Type": "application/json"}
        return self._call("POST", path, query, json.dumps(body).encode(), headers)

    def submit(self, *path: str, body: object) -> Any:
        """A POST that starts work: repeated, it is done once."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        return self._call("POST", path, {}, json.dumps(body).encode(), headers)

    def post_form(self, *path: str, form: dict[str, str]) -> Any:
        return self._call("POST", path, {}, urllib.parse.urlencode(form).encode(), {})

    def _call(
        self, method: str, path: tuple[str, ...], query: dict[str, str], body: bytes | None, headers: dict[str, str]
    ) -> Any:
        address = "/".join([self.base, *(urllib.parse.quote(part, safe="") for part in path)])
        if query:
            address += "?" + urllib.parse.urlencode(query)
        if self.token is not None:
            headers = {**headers, "Authorization": f"Bearer {self.token}"}
        for attempt in range(1, ATTEMPTS + 1):
            request = urllib.request.Request(address, data=body, headers=headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                pause = _pause(error, attempt)
                if attempt == ATTEMPTS or pause is None:
                    raise _refusal(error) from None
            except (urllib.error.URLError, TimeoutError):
                if attempt == ATTEMPTS:
                    raise
                pause = float(attempt)
            time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")


def _pause(error: urllib.error.HTTPError, attempt: int) -> float | None:
    """Seconds until the next attempt; nothing if another one is of no use."""
    if error.code != 429 and error.code < 500:
        return None
    try:
        wanted = float(error.headers.get("Retry-After", attempt))
    except ValueError:
        wanted = float(attempt)
    return max(wanted, 0.0) if wanted <= LONGEST_PAUSE else None


def _refusal(error: urllib.error.HTTPError) -> ApiError:
    text = error.read().decode(errors="replace")
    try:
        body = json.loads(text)
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    detail = body.get("detail", text)
    if not isinstance(detail, str):
        detail = json.dumps(detail)
    return ApiError(error.code, str(body.get("type", "unexpected_server_error")), detail, error.headers.get("X-Request-ID"))
