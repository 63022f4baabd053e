"""Locks over all processes that share a PostgreSQL database.

All locks of a process stand on one connection of its own. One connection a lock would empty the pool as soon as thirty
conversations are under way, and their handlers, which need a connection too, would wait for each other for ever.
"""

import threading

import sqlalchemy as sa
import structlog

_log = structlog.get_logger(__name__)
_TAKE = sa.text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
_RELEASE = sa.text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")


class AdvisoryLocks:
    """Takes and releases by name. Blocking: call it from threads. Within the process the caller keeps one user a name."""

    def __init__(self, url: sa.URL) -> None:
        # Autocommit: a session that waits inside a transaction would hold back the database's clean-up.
        self._engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        self._connection: sa.Connection | None = None
        self._held: set[str] = set()
        self._guard = threading.Lock()

    def try_take(self, name: str) -> bool:
        """Take the lock if no other process has it. Raises SQLAlchemyError when the database is away."""
        with self._guard:
            if name in self._held:  # left by a caller that was cancelled in between
                return True
            taken = bool(self._ask(_TAKE, name))
            if taken:
                self._held.add(name)
            return taken

    def release(self, name: str) -> None:
        """Give the lock back. Never raises: when the connection is gone, so is the lock."""
        with self._guard:
            self._held.discard(name)
            try:
                self._ask(_RELEASE, name)
            except sa.exc.SQLAlchemyError as error:
                _log.warning("advisory_release_failed", error=type(error).__name__)
                self._drop()

    def close(self) -> None:
        """Give everything back."""
        with self._guard:
            self._held.clear()
            self._drop()

    def _ask(self, statement: sa.TextClause, name: str) -> object:
        """Once more on a new connection when the old one was cut (server restarted, idle session ended)."""
        try:
            return self._session().execute(statement, {"name": name}).scalar()
        except sa.exc.DBAPIError as error:
            self._drop()
            if not error.connection_invalidated:
                raise
            _log.warning("advisory_connection_lost", held=len(self._held))
            return self._session().execute(statement, {"name": name}).scalar()

    def _session(self) -> sa.Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
            for name in sorted(self._held):  # what this process still works under; another may have been faster
                self._connection.execute(_TAKE, {"name": name})
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
