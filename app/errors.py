"""Everything that can go wrong, as one tree; each message says what was found, what was expected, what to do.

    ShuttenError
    ├── InputError (exit 2)      the question, a document, a guide or a file given by the user
    │   ├── QuestionError
    │   ├── DocumentError
    │   ├── GuideError
    │   └── BatchError
    ├── EngineError (exit 3)     what answers is not in order
    │   ├── IndexDamagedError
    │   ├── IndexForeignError
    │   └── ModelError
    └── OutputError (exit 4)     a result cannot be written

Only the doors (command line, page, API) catch these.
"""

from __future__ import annotations


class ShuttenError(Exception):
    """The root. `code` is a stable machine-readable word; `exit_code` what the command line returns."""

    exit_code = 1

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[ShuttenError], tuple[str, str]]:
        return type(self), (self.code, self.message)  # it may have to go from one process to another

    def as_json(self) -> dict[str, str]:
        """The error object of the contract."""
        return {"code": self.code, "message": self.message}


class InputError(ShuttenError):
    """Something given by the user cannot be used as it is."""

    exit_code = 2


class QuestionError(InputError):
    """A question that cannot be asked: empty, too long, or with characters no text has."""


class DocumentError(InputError):
    """A corpus that is missing, empty, or holds a file that is not UTF-8 text."""


class GuideError(InputError):
    """A reading guide that cannot be read, or that does not fit its document."""


class BatchError(InputError):
    """A line of a batch, transcript or question file that is not what the contract says."""


class EngineError(ShuttenError):
    """The index or the model is not in order."""

    exit_code = 3


class IndexDamagedError(EngineError):
    """A built index with a file missing, truncated or altered."""


class IndexForeignError(EngineError):
    """A sound index that another version, model or setting built."""


class ModelError(EngineError):
    """The embedding model cannot be loaded, or is not the one that was pinned."""


class OutputError(ShuttenError):
    """A folder or file that cannot be written."""

    exit_code = 4
