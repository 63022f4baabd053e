"""Databases to test on: SQLite always, PostgreSQL where one answers. Every test gets an empty one of its own."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.db import Database, migrate
from core.settings import Settings

# A server on which databases may be created and dropped; any database of it will do to connect to.
POSTGRES = os.environ.get("STEWARD_TEST_POSTGRES", "postgresql://root@127.0.0.1/postgres")


def postgres_url() -> sa.URL:
    """The test server, with the driver that the product uses."""
    return sa.make_url(POSTGRES).set(drivername="postgresql+psycopg")


@lru_cache(maxsize=1)
def why_no_postgres() -> str | None:
    """Why the test server cannot be used; None when it answers. Asked once a run."""
    engine = sa.create_engine(postgres_url(), connect_args={"connect_timeout": 2}, poolclass=sa.NullPool)
    try:
        with engine.connect():
            return None
    except sa.exc.OperationalError as error:
        return str(error.orig).strip().splitlines()[0]


@contextmanager
def _on_postgres(home: Path) -> Iterator[Settings]:
    fault = why_no_postgres()
    if fault is not None:
        reason = f"no PostgreSQL at STEWARD_TEST_POSTGRES ({postgres_url().render_as_string()}): {fault}"
        # On a developer's machine the server may be missing; a CI that silently tests half of it must not pass.
        (pytest.fail if os.environ.get("CI", "").lower() in ("1", "true") else pytest.skip)(reason)
    name = f"steward_test_{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(postgres_url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        url = postgres_url().set(database=name).render_as_string(hide_password=False)
        yield Settings(home=home, database_url=url, _env_file=None)
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings for an empty database of each kind, with a data folder of their own."""
    if request.param == "sqlite":
        yield Settings(home=tmp_path, _env_file=None)
        return
    with _on_postgres(tmp_path) as settings:
        yield settings


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Settings]:
    """Settings for an empty PostgreSQL database, for what SQLite cannot do. Mark the test `postgres`."""
    with _on_postgres(tmp_path) as settings:
        yield settings


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """A migrated database."""
    migrate(settings)
    database = Database(settings)
    yield database
    database.dispose()
