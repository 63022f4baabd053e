"""For those who run the service: alive, ready, metrics (CONTRACTS 5)."""

import asyncio

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from core.db import Database


def operations_router(database: Database) -> APIRouter:
    """`/healthz` answers while the process lives; `/readyz` only when it can serve; `/metrics` for Prometheus."""
    router = APIRouter(tags=["operations"])

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz(request: Request) -> Response:
        problems = [] if getattr(request.app.state, "ready", False) else ["starting"]
        try:
            await asyncio.to_thread(_ping, database)
        except sa.exc.SQLAlchemyError:
            problems.append("database")
        return JSONResponse({"ready": not problems, "waiting_for": problems}, status_code=503 if problems else 200)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _ping(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
