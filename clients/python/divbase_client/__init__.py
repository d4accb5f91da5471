"""DivBase from Python: sample metadata and VCF queries."""

from .api import ApiError
from .client import Client
from .project import Project, TaskFailed
from .result import IntegrityError, Result

__all__ = ["ApiError", "Client", "IntegrityError", "Project", "Result", "TaskFailed"]
