"""The database: one engine, one metadata, migrations. SQLite by default, PostgreSQL by the same code."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

import sqlalchemy as sa

from core.errors import NotReady
from core.settings import Settings
from core.telemetry import scrub, without_password

# Names for constraints, so that a migration can speak of them on both databases.
metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
P = ParamSpec("P")
R = TypeVar("R")
_MIGRATIONS = Path(__file__).parent / "migrations"


def make_engine(url: str) -> sa.Engine:
    """An engine for `url`. SQLite gets WAL, foreign keys and patience with locks."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True)
    path = sa.make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, pool_size=10, max_overflow=20)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        for pragma in (
            "journal_mode=WAL",
            # With WAL, NORMAL loses nothing when the process is killed; only a power cut may lose the last commits.
            "synchronous=NORMAL",
            "busy_timeout=30000",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    _take_turns(engine)
    return engine


def _take_turns(engine: sa.Engine) -> None:
    """One transaction at a time in this process. SQLite has one writer anyway, but a second one would sleep and look
    again (1, 2, 5 … 100 ms): waiting for a lock instead keeps the slowest answers at a third of the time.
    """
    turn = threading.RLock()  # re-entrant: a thread may open a second connection

    @sa.event.listens_for(engine, "begin")
    def _begin(_connection: sa.Connection) -> None:
        turn.acquire()

    @sa.event.listens_for(engine, "commit")
    @sa.event.listens_for(engine, "rollback")
    def _end(_connection: sa.Connection) -> None:
        turn.release()


class Database:
    """The process's engine. Blocking: call it from threads (`asyncio.to_thread`) inside the event loop."""

    def __init__(self, settings: Settings) -> None:
        self.engine = make_engine(settings.resolved_database_url())

    @property
    def is_postgres(self) -> bool:
        """Whether many processes may share this database."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """A transaction: committed at the end of the block, rolled back when it raises."""
        with self.engine.begin() as connection:
            yield connection

    async def brief(self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A transaction of a few rows, from the event loop: at once on SQLite, in a thread on PostgreSQL.

        The file answers in a fifth of a millisecond; a trip to a thread and back costs three times as much and makes
        the threads fight over the interpreter. Over a network the loop must not wait. Long work belongs in a thread.
        """
        if self.is_postgres:
            return await asyncio.to_thread(work, *args, **kwargs)
        return work(*args, **kwargs)

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def migrate(settings: Settings) -> None:
    """Bring the schema to the newest revision. Safe to call at every start; a no-op when it is there already.

    Raises NotReady when the database cannot be reached, opened or changed.
    """
    try:
        engine = make_engine(settings.resolved_database_url())
    except (sa.exc.ArgumentError, ImportError) as error:
        raise NotReady("STEWARD_DATABASE_URL 不是可用的連線字串。請改成 postgresql://帳號@主機/資料庫。") from error
    try:
        if current_revision(engine) == newest_revision():
            return
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except sa.exc.DBAPIError as error:
        where = without_password(engine.url.render_as_string())
        reason = scrub(str(error.orig).strip().splitlines()[0])
        raise NotReady(f"資料庫 {where} 無法使用：{reason}。請確認它已啟動，再執行 steward doctor。") from error
    finally:
        engine.dispose()


def current_revision(engine: sa.Engine) -> str | None:
    """The revision that the database is at; None for an empty one."""
    if not sa.inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def newest_revision() -> str:
    """The newest revision in the code: revisions are named so that their files sort."""
    return max(p.stem for p in (_MIGRATIONS / "versions").glob("[0-9]*.py"))
