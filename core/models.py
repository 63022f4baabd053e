"""The language-model port: any OpenAI-compatible endpoint through LangChain, or nothing at all.

Every call has a hard time limit, and after some failures in a row the model is left alone for a while; callers get
`ModelUnavailable` and finish on the embedded path within the same turn.
"""

import asyncio
import time
from typing import Any, Protocol, TypeVar

import structlog
from pydantic import BaseModel, ValidationError

from core.settings import Settings
from core.telemetry import MODEL_CALLS, MODEL_OPEN

_log = structlog.get_logger(__name__)
T = TypeVar("T", bound=BaseModel)

_FAILURES_TO_OPEN = 3
_OPEN_SECONDS = 30.0


class ModelUnavailable(RuntimeError):
    """No usable answer: not configured, slow, down, or not of the asked shape."""


class LanguageModel(Protocol):
    """What agents may ask of a model. `system` is ours; `user` carries people's words as data, delimited by the caller."""

    async def structured(self, system: str, user: str, schema: type[T]) -> T:
        """An object of `schema`. Raises ModelUnavailable."""
        ...

    async def text(self, system: str, user: str) -> str:
        """Plain text. Raises ModelUnavailable."""
        ...


class ChatModel:
    """LangChain's `init_chat_model` behind the port, with a clock and a circuit breaker."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._model: Any = None
        self._failures = 0
        self._open_until = 0.0

    async def structured(self, system: str, user: str, schema: type[T]) -> T:
        """An object of `schema`, validated. Raises ModelUnavailable."""
        model = self._chat().with_structured_output(schema, method="json_schema")
        answer = await self._call("structured", model, system, user)
        try:
            return answer if isinstance(answer, schema) else schema.model_validate(answer)
        except ValidationError as error:
            self._failed("structured", "invalid")
            raise ModelUnavailable(f"answer is not a {schema.__name__}") from error

    async def text(self, system: str, user: str) -> str:
        """Plain text. Raises ModelUnavailable."""
        answer = await self._call("text", self._chat(), system, user)
        content = getattr(answer, "content", "")
        if not isinstance(content, str) or not content.strip():
            self._failed("text", "empty")
            raise ModelUnavailable("empty answer")
        return content

    async def _call(self, port: str, model: Any, system: str, user: str) -> Any:
        if time.monotonic() < self._open_until:
            MODEL_CALLS.labels(port, "skipped").inc()
            raise ModelUnavailable("left alone after failures")
        try:
            async with asyncio.timeout(self._settings.llm_timeout_s):
                answer = await model.ainvoke([("system", system), ("human", user)])
        except TimeoutError as error:
            self._failed(port, "timeout")
            raise ModelUnavailable(f"no answer within {self._settings.llm_timeout_s} s") from error
        except Exception as error:  # LangChain and its clients raise many kinds; all mean the same here
            self._failed(port, "error")
            raise ModelUnavailable(f"{type(error).__name__}: {str(error)[:200]}") from error
        self._failures = 0
        MODEL_OPEN.set(0)
        MODEL_CALLS.labels(port, "ok").inc()
        return answer

    def _failed(self, port: str, outcome: str) -> None:
        MODEL_CALLS.labels(port, outcome).inc()
        self._failures += 1
        if self._failures >= _FAILURES_TO_OPEN:
            self._open_until = time.monotonic() + _OPEN_SECONDS
            self._failures = 0
            MODEL_OPEN.set(1)
            _log.warning("model_left_alone", seconds=_OPEN_SECONDS, last=outcome)

    def _chat(self) -> Any:
        if self._model is None:
            from langchain.chat_models import init_chat_model

            self._model = init_chat_model(
                self._settings.llm_model,
                base_url=self._settings.llm_base_url or None,
                api_key=self._settings.llm_api_key.get_secret_value() or "none",
                timeout=self._settings.llm_timeout_s,
                max_retries=0,
                temperature=0,
            )
        return self._model


def get_language_model(settings: Settings) -> LanguageModel | None:
    """The model that the settings name, or None: then everything is embedded. Nothing is contacted yet."""
    return ChatModel(settings) if settings.llm_model else None
