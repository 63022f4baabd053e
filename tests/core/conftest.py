"""Databases to test on: SQLite always, PostgreSQL where one answers."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.db import Database, migrate
from core.settings import Settings

POSTGRES = os.environ.get("STEWARD_TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1/postgres")


def postgres_answers() -> bool:
    """Whether the test server is there."""
    try:
        engine = sa.create_engine(POSTGRES, connect_args={"connect_timeout": 2})
        with engine.connect():
            return True
    except sa.exc.OperationalError:
        return False


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings for an empty database of each kind."""
    if request.param == "sqlite":
        yield Settings(home=tmp_path, _env_file=None)
        return
    if not postgres_answers():
        pytest.skip("no PostgreSQL server answers at STEWARD_TEST_POSTGRES")
    name = f"steward_test_{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    url = sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    yield Settings(home=tmp_path, database_url=url, _env_file=None)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """A migrated database."""
    migrate(settings)
    database = Database(settings)
    yield database
    database.dispose()
