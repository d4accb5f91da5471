"""The answer to a query: a bgzipped VCF file in the object store."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import tempfile
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .api import TIMEOUT, Api

if TYPE_CHECKING:
    import polars


class IntegrityError(Exception):
    """What arrived is not what the server registered."""


class Result:
    """An answer. It is fetched when it is used."""

    def __init__(self, api: Api, project: str, task_id: int, told: dict[str, Any]) -> None:
        self._api = api
        self._project = project
        self.task_id = task_id
        self.file_name: str = told["output_file"]
        self.records: int | None = told.get("records")
        self._version: str | None = told.get("version_id")
        self._sha256: str | None = told.get("sha256")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the answer to a file, which is there whole and verified or not at all."""
        path = Path(path)
        wanted = [{"name": self.file_name, "version_id": self._version}]
        url = self._api.post("s3", "download", body=wanted, project_name=self._project)[0]["pre_signed_url"]
        digest = hashlib.sha256()
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file, urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
                shutil.copyfileobj(answer, _Both(file, digest), 1 << 20)
            if self._sha256 is not None and digest.hexdigest() != self._sha256:
                raise IntegrityError(f"{self.file_name}: the SHA-256 differs")
            os.replace(unfinished, path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        return path

    def text(self) -> str:
        """The answer as VCF text, in memory."""
        with tempfile.TemporaryDirectory(prefix="divbase-") as folder:
            with gzip.open(self.save(Path(folder) / "result.vcf.gz"), "rt") as file:
                return file.read()

    def to_polars(self) -> polars.DataFrame:
        """The records as a table: the columns of the VCF file, POS and QUAL as numbers, all else as text."""
        import polars

        lines = self.text().splitlines(keepends=True)
        body = "".join(line for line in lines if not line.startswith("##")).removeprefix("#")
        columns = body.split("\n", 1)[0].split("\t")
        kinds = dict.fromkeys(columns, polars.String()) | {"POS": polars.Int64(), "QUAL": polars.Float64()}
        return polars.read_csv(
            io.BytesIO(body.encode()), separator="\t", quote_char=None, schema=kinds, null_values={"QUAL": "."}
        )


class _Both:
    """A file that is hashed while it is written."""

    def __init__(self, file: Any, digest: Any) -> None:
        self._file, self._digest = file, digest

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return int(self._file.write(data))
