"""The model port against a server of the same protocol: good, slow, broken and absent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from core.models import ChatModel, ModelUnavailable, get_language_model
from core.settings import Settings
from tests.contract.openai_server import OpenAIServer, openai_server


class Colour(BaseModel):
    name: str
    warm: bool


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with openai_server() as server:
        yield server


@pytest.fixture
def model(server: OpenAIServer, tmp_path: Path) -> ChatModel:
    return ChatModel(
        Settings(home=tmp_path, llm_model="openai:test", llm_base_url=server.url, llm_timeout_s=0.5, _env_file=None)
    )


async def test_text_comes_back_and_the_question_went_as_data(server: OpenAIServer, model: ChatModel) -> None:
    server.answers = ["您好"]
    assert await model.text("規則", "問題") == "您好"
    messages = server.requests[0]["body"]["messages"]
    assert [(m["role"], m["content"]) for m in messages] == [("system", "規則"), ("user", "問題")]


async def test_an_object_is_validated(server: OpenAIServer, model: ChatModel) -> None:
    server.answers = ['{"name": "紅", "warm": true}']
    assert await model.structured("s", "u", Colour) == Colour(name="紅", warm=True)


@pytest.mark.parametrize("answer", ['{"name": 1}', "not json", ""])
async def test_another_shape_is_no_answer(server: OpenAIServer, model: ChatModel, answer: str) -> None:
    server.answers = [answer]
    with pytest.raises(ModelUnavailable):
        await model.structured("s", "u", Colour)


async def test_a_slow_model_is_not_waited_for(server: OpenAIServer, model: ChatModel) -> None:
    server.delay_s = 1.5
    with pytest.raises(ModelUnavailable, match=r"0\.5 s"):
        await model.text("s", "u")


async def test_after_failures_the_model_is_left_alone(server: OpenAIServer, model: ChatModel) -> None:
    server.status, server.raw = 500, b"<html>oops</html>"
    for _ in range(5):
        with pytest.raises(ModelUnavailable):
            await model.text("s", "u")
    assert len(server.requests) == 3


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, llm_model="openai:test", llm_base_url="http://127.0.0.1:9/v1", _env_file=None)
    with pytest.raises(ModelUnavailable):
        await ChatModel(settings).text("s", "u")


def test_no_model_is_the_default(tmp_path: Path) -> None:
    assert get_language_model(Settings(home=tmp_path, _env_file=None)) is None
