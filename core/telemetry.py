"""What the service tells about itself: structured logs without personal data, Prometheus metrics, optional traces."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from prometheus_client import Counter, Gauge, Histogram

from core import privacy
from core.settings import Settings

TURNS = Counter("steward_turns_total", "Turns answered", ["channel", "intent"])
TURN_SECONDS = Histogram(
    "steward_turn_seconds",
    "Seconds from accepted to answered",
    ["channel"],
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
EVENTS = Counter("steward_events_total", "Events on the bus", ["kind", "state"])
DELIVERIES = Counter("steward_deliveries_total", "Attempts to deliver a reply", ["channel", "state"])
MODEL_CALLS = Counter("steward_model_calls_total", "Calls of the language model", ["port", "outcome"])
MODEL_OPEN = Gauge("steward_model_circuit_open", "1 while the language model is left alone after failures")
FALLBACKS = Counter("steward_fallbacks_total", "Turns finished on the embedded path", ["port"])

# Bearer tokens, keys and bot tokens (also inside URLs, where Telegram's stands right behind `bot`).
_SECRET = re.compile(
    r"(?i)(bearer\s+|(?:api[_-]?key|token|secret|password|authorization)[\"'=:\s]{1,4})[^\s\"',;&]{6,}|(?<!\d)\d{6,12}:[A-Za-z0-9_\-]{30,}|\bsk-[A-Za-z0-9_\-]{12,}"
)


def scrub(text: str) -> str:
    """`text` without ID numbers, phones, addresses, mail and tokens."""
    text = _SECRET.sub(lambda m: (m.group(1) or "") + "[祕密]", text)
    return privacy.mask(text)


def without_password(url: str) -> str:
    """An address without user and password, also when the password itself holds `@` or `/`."""
    return re.sub(r"(?<=//)\S*@", "***@", url)


def _scrub_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key not in ("timestamp", "level", "logger"):
            event[key] = scrub(value)
        elif isinstance(value, (list, tuple, dict)):
            event[key] = scrub(repr(value))
    return event


def configure_logging(settings: Settings) -> None:
    """Logs of this program and of its libraries to stderr, one shape, scrubbed. Call once, at the start of a process."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _scrub_event,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    # On the handler too: a library may give its own logger a lower level when it is imported (bm25s says DEBUG).
    handler.setLevel(settings.log_level)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared[:-1], _scrub_event],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for noisy in ("httpx", "httpcore", "chromadb", "dbos", "alembic", "watchfiles", "asyncio"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def http_telemetry(settings: Settings) -> dict[str, Any]:
    """FastAPI's own OpenTelemetry: spans of requests to the collector that the settings name, otherwise off.

    Its log records stay off: they carry exception messages, and those may carry what a person wrote.
    """
    config: dict[str, Any] = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
    if settings.otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider = TracerProvider(resource=Resource.create({"service.name": "steward"}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.otlp_endpoint)))
        config |= {"tracing": True, "tracer_provider": provider}
    return config
