"""A bar for work that people wait for."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Step = Callable[[str, float], None]  # (what is being done, share done 0..1)


@contextmanager
def bar(title: str) -> Iterator[Step]:
    """A progress bar on a terminal that appears with the first step; silent elsewhere and when there is nothing to do."""
    if not sys.stderr.isatty():
        yield lambda _what, _share: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=1.0, visible=False)

        def step(what: str, share: float) -> None:
            progress.update(task, description=what or title, completed=share, visible=True)

        yield step
