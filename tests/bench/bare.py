"""The yardstick: FastAPI and LangGraph with five nodes that do nothing. `python -m tests.bench.bare PORT`.

Same uvicorn settings as `steward serve`, one process, no checkpointer: what is left is the price of the frameworks.
"""

import sys
from typing import TypedDict

import uvicorn
from fastapi import FastAPI
from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel


class Message(BaseModel):
    """The body of POST /api/v1/chat (CONTRACTS 5)."""

    session: str
    text: str


class State(TypedDict):
    """What passes through the graph."""

    text: str
    reply: str


async def _nothing(state: State) -> dict[str, str]:  # async: a plain function would cost a thread hop a node
    return {"reply": state["text"]}


def create_app() -> FastAPI:
    """Two routes: the chat through five empty nodes, and a sign of life."""
    graph = StateGraph(State)
    names = ["guard", "understand", "route", "compose", "check"]
    for name in names:
        graph.add_node(name, _nothing)
    for one, next_one in zip([START, *names], [*names, END], strict=True):
        graph.add_edge(one, next_one)
    compiled = graph.compile()
    app = FastAPI()

    @app.post("/api/v1/chat")
    async def chat(message: Message) -> dict[str, str]:
        result = await compiled.ainvoke({"text": message.text, "reply": ""})
        return {"reply": str(result["reply"])}

    @app.get("/readyz")
    async def ready() -> dict[str, str]:
        return {"status": "ok"}

    return app


if __name__ == "__main__":
    uvicorn.run(create_app(), host="127.0.0.1", port=int(sys.argv[1]), log_config=None, access_log=False)
