"""Where everything begins: a server, and who asks."""

from __future__ import annotations

import os

from .api import Api
from .project import Project


class Client:
    """A server of DivBase.

    `url` ends in `/api`; without it `DIVBASE_API_URL` is read, and `DIVBASE_API_PAT` without a token."""

    def __init__(self, url: str | None = None, token: str | None = None) -> None:
        url = url or os.environ.get("DIVBASE_API_URL")
        if not url:
            raise ValueError("no server: give url, or set DIVBASE_API_URL")
        self._api = Api(url, token or os.environ.get("DIVBASE_API_PAT") or None)

    @classmethod
    def log_in(cls, email: str, password: str, url: str | None = None) -> Client:
        """A session by password, which ends after some minutes. Scripts that run longer use a personal access token."""
        client = cls(url, token=None)
        client._api.token = None
        form = {"grant_type": "password", "username": email, "password": password}
        client._api.token = client._api.post_form("auth", "login", form=form)["access_token"]
        return client

    def whoami(self) -> str:
        """The e-mail address of the account."""
        return str(self._api.get("auth", "whoami")["email"])

    def project(self, name: str) -> Project:
        """A project by its name. Nothing is asked yet."""
        return Project(self._api, name)
