"""The port of understanding: text to frames."""

from typing import Protocol, runtime_checkable

from agents.state import Context, Turn, Understood


class Understanding(Protocol):
    """Reads one message. Implementations never raise on odd input: what cannot be read is `out_of_scope` or unsure."""

    async def understand(self, turn: Turn, context: Context) -> Understood:
        """Frames in the order they are to be answered; at least one, unless `unsure` names candidates."""
        ...


@runtime_checkable
class Immediate(Understanding, Protocol):
    """An understanding that waits for nobody: it may be called from any thread."""

    def read(self, turn: Turn, context: Context) -> Understood:
        """The same as `understand`, without an event loop."""
        ...
