"""The settings a harness starts with, in a container or as a local process."""

from collections.abc import Mapping, Sequence
from typing import Any

from argosy.sandbox.seccomp import Profile, programs


def harness_settings(
    *,
    path: Sequence[str] = (),
    uid: int | None = None,
    limit_processes: bool = False,
    calls: Mapping[str, str] | None = None,
    confine_files: bool = True,
) -> dict[str, Any]:
    """The settings as JSON values.

    `path` is where it finds the libraries, `uid` who it becomes, `calls` the filter of system calls for a job's process
    (default: our profile), `confine_files` whether such a process may read libraries only.
    """
    return {
        "path": list(path),
        "uid": uid,
        "limit_processes": limit_processes,
        "calls": programs(Profile.RULE) if calls is None else dict(calls),
        "confine_files": confine_files,
        "socket": "",
        "load": ["numpy", "pandas"],
    }
