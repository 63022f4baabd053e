"""A small server of the OpenAI chat protocol that can be told to misbehave. Real HTTP on a random port."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class OpenAIServer:
    """What it answers next, and what it was asked. `answers` are used up in turn; the last one stays."""

    url: str = ""
    answers: list[str] = field(default_factory=lambda: ["好的"])
    status: int = 200
    delay_s: float = 0.0
    raw: bytes | None = None  # sent as it is instead of a well-formed answer
    requests: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def openai_server() -> Iterator[OpenAIServer]:
    """Run the server for the length of the block."""
    state = OpenAIServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            state.requests.append({"path": self.path, "body": body, "authorization": self.headers.get("authorization")})
            time.sleep(state.delay_s)
            answer = state.answers.pop(0) if len(state.answers) > 1 else state.answers[0]
            content = (
                state.raw
                or json.dumps(
                    {
                        "id": "chatcmpl-1",
                        "object": "chat.completion",
                        "created": 1,
                        "model": body.get("model", "m"),
                        "choices": [
                            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answer}}
                        ],
                        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
                    }
                ).encode()
            )
            self._send(content)

        def do_GET(self) -> None:
            """The list of models; empty unless `raw` says otherwise."""
            state.requests.append({"path": self.path, "authorization": self.headers.get("authorization")})
            self._send(b'{"object": "list", "data": []}' if state.raw is None else state.raw)

        def _send(self, content: bytes) -> None:
            try:
                self.send_response(state.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except BrokenPipeError:
                pass  # the client gave up waiting, which is what a delay is for

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
