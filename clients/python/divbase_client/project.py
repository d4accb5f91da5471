"""What is asked of a project."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from .api import Api
from .result import Result

FIRST_LOOK, LAST_LOOK = 0.2, 10.0
"""Seconds between two looks at a task: the first pause and the longest."""


class TaskFailed(Exception):
    """A task ended without a result."""

    def __init__(self, task_id: int, status: str, reason: str) -> None:
        super().__init__(f"task {task_id} ended as {status}: {reason}")
        self.task_id = task_id
        self.status = status
        self.reason = reason


class Project:
    """A project of a server."""

    def __init__(self, api: Api, name: str) -> None:
        self._api = api
        self.name = name

    def files(self) -> list[str]:
        """The names of all files."""
        names: list[str] = []
        token: str | None = None
        while True:
            page = self._api.post("s3", "list", body={"next_token": token}, project_name=self.name)
            names += [file["name"] for file in page["files"]]
            token = page.get("next_token")
            if token is None:
                return names

    def scaffolds(self) -> list[str]:
        """The scaffolds of all indexed files."""
        return list(self._api.get("vcf-dimensions", "projects", self.name, "scaffolds")["unique_scaffolds"])

    def samples(self, filter: str | None = None, table: str = "sample_metadata.tsv") -> list[str]:
        """The samples of all indexed files, or those that a filter of the metadata table chooses."""
        if filter is None:
            return list(self._api.get("vcf-dimensions", "projects", self.name, "samples")["unique_samples"])
        body = {"tsv_filter": filter, "metadata_tsv_name": table}
        return list(self._api.post("query", "sample-metadata", "projects", self.name, body=body)["unique_sample_ids"])

    def query(
        self,
        command: str,
        *,
        samples: Sequence[str] | None = None,
        filter: str | None = None,
        table: str = "sample_metadata.tsv",
        timeout: float = 7200.0,
        **how: Any,
    ) -> Result:
        """Asks the VCF files and waits for the answer.

        `command` is one or more `view …` as in bcftools. Samples are named, or chosen by a filter, or all. `how` is passed
        on: `filter_scope="cohort"`, `project_version="v1"` and what else the API's description has."""
        return self.result(self.submit(command, samples=samples, filter=filter, table=table, **how), timeout)

    def submit(
        self,
        command: str,
        *,
        samples: Sequence[str] | None = None,
        filter: str | None = None,
        table: str = "sample_metadata.tsv",
        **how: Any,
    ) -> int:
        """As `query`, without waiting; answers with the number of the task."""
        if samples is not None and filter is not None:
            raise ValueError("give samples or a filter, not both")
        body: dict[str, Any] = {"command": command, **how}
        if samples is not None:
            body["samples"] = list(samples)
        elif filter is not None:
            body |= {"tsv_filter": filter, "metadata_tsv_name": table}
        else:
            body["all_samples"] = True
        return int(self._api.submit("query", "vcf", "projects", self.name, body=body))

    def result(self, task_id: int, timeout: float = 7200.0) -> Result:
        """Waits for a task that was submitted before; `timeout` in seconds."""
        end = time.monotonic() + timeout
        pause = FIRST_LOOK
        while True:
            task = self._api.get("task-history", "tasks", str(task_id))[0]
            status, result = task.get("status"), task.get("result") or {}
            if status == "SUCCESS":
                return Result(self._api, self.name, task_id, result)
            if status in ("FAILURE", "REVOKED"):
                raise TaskFailed(task_id, status, str(result.get("error", "no reason is given")))
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"task {task_id} has not ended after {timeout:.0f} s; it goes on: result({task_id})")
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, LAST_LOOK)
