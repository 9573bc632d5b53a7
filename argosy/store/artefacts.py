"""Arrays, in files beside the database, under the SHA-256 of the file. Never pickle."""

import hashlib
import io
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from argosy.signals.errors import BadInput
from argosy.store.errors import StoreUnavailable

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]


class Artefacts:
    """Keeps arrays of numbers, bools and fixed-width text; each file once.

    numpy is loaded with the first array: much that opens a store reads none.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put_array(self, array: "Array") -> str:
        """Keeps one array and returns its name. Raises StoreUnavailable, and ValueError for an array of objects."""
        import numpy as np

        held = io.BytesIO()
        np.save(held, array, allow_pickle=False)
        return self._put(held.getvalue(), "npy")

    def get_array(self, name: str) -> "Array":
        """The array of that name. Raises BadInput when it is not here, StoreUnavailable when it is damaged."""
        import numpy as np

        array: Array = np.load(io.BytesIO(self._get(name, "npy")), allow_pickle=False)
        return array

    def put_arrays(self, arrays: "Mapping[str, Array]") -> str:
        """Keeps several named arrays as one artefact, such as the fitted state of a base."""
        import numpy as np

        held = io.BytesIO()
        np.savez_compressed(held, allow_pickle=False, **{name: arrays[name] for name in sorted(arrays)})
        return self._put(held.getvalue(), "npz")

    def get_arrays(self, name: str) -> "dict[str, Array]":
        """The arrays of that name. Raises as `get_array`."""
        import numpy as np

        with np.load(io.BytesIO(self._get(name, "npz")), allow_pickle=False) as arrays:
            return {key: arrays[key] for key in arrays.files}

    def _path(self, name: str, suffix: str) -> Path:
        return self._folder / name[:2] / f"{name}.{suffix}"

    def _put(self, data: bytes, suffix: str) -> str:
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name, suffix)
        if _holds(path, data):
            return name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
                part.write(data)
                part.flush()
                os.fsync(part.fileno())
            os.replace(part.name, path)
        except OSError as error:
            mend = "make room or allow writing there, or set ARGOSY_HOME to another folder"
            raise StoreUnavailable(str(self._folder), (error.strerror or str(error)).lower(), mend) from error
        return name

    def _get(self, name: str, suffix: str) -> bytes:
        path = self._path(name, suffix)
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            mend = "copy the artefacts folder along with the database"
            raise BadInput(f"artefact {name[:12]}", f"is not in {self._folder}", mend) from error
        except OSError as error:
            problem = (error.strerror or str(error)).lower()
            raise StoreUnavailable(str(path), problem, "allow reading it") from error
        if hashlib.sha256(data).hexdigest() != name:
            raise StoreUnavailable(str(path), "is damaged", "restore it from a copy")
        return data


def _holds(path: Path, data: bytes) -> bool:
    """Whether a file is there and whole: what is damaged is written anew."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False
