"""Errors that are meant to be read by people: one sentence that says what happened and what to do."""


class StewardError(RuntimeError):
    """A fault with words for people. `status` is the HTTP status that fits it (RFC 9457)."""

    status = 500

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        if status is not None:
            self.status = status


class NotReady(StewardError):
    """Something that must be set up first is missing; the message names the command that does it."""

    status = 503


class BadSettings(StewardError):
    """A setting has a value that cannot be used; the message names it, never its value, and says what it takes."""
