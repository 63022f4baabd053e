"""The embedder port: vectors that mean something, twice the same, and clear words when a model is missing."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from core.settings import Settings
from knowledge.embeddings import Embedder, load_embedder
from knowledge.model_files import ModelError


def test_the_same_text_gives_the_same_unit_vector_alone_and_in_a_batch(embedder: Embedder) -> None:
    texts = ["老人家裝假牙有補助嗎", "生第二胎可以領多少錢,需要準備什麼文件到哪裡申請", "租屋"]
    batch = embedder.queries(texts)
    assert batch.shape == (3, embedder.dimension)
    assert np.allclose(np.linalg.norm(batch, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(batch, embedder.queries(texts))
    alone = np.vstack([embedder.queries([text]) for text in texts])
    assert np.all((batch * alone).sum(axis=1) > 0.9999)


def test_a_question_lies_nearer_to_its_answer_than_to_another_topic(embedder: Embedder) -> None:
    passages = embedder.passages(["中低收入老人補助裝置假牙", "育有未滿二歲兒童育兒津貼", "租金補貼"])
    questions = embedder.queries(["阿公牙齒掉光了想做一副新的", "小孩剛滿周歲有錢可以領嗎", "我在外面租房子房租好貴"])
    assert (questions @ passages.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_odd_texts_do_not_break_it(embedder: Embedder) -> None:
    vectors = embedder.passages(["", " ", "🙂" * 50, "長" * 20_000, "\x00\u200b"])
    assert np.isfinite(vectors).all()
    assert embedder.queries([]).shape == (0, embedder.dimension)


def test_many_passages_keep_their_order_and_report_progress(embedder: Embedder) -> None:
    texts = [f"第{number}條 " + "補助" * (number % 7 * 5) for number in range(60)]
    seen: list[int] = []
    vectors = embedder.passages(texts, seen.append)
    assert sum(seen) == 60
    assert float(vectors[41] @ embedder.passages([texts[41]])[0]) > 0.999


def test_without_the_model_the_error_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="steward models fetch"):
        load_embedder(Settings(home=tmp_path, embeddings=""))


def test_a_folder_without_a_model_and_a_malformed_endpoint_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        load_embedder(Settings(home=tmp_path, embeddings=str(tmp_path)))
    with pytest.raises(ModelError, match="openai:"):
        load_embedder(Settings(home=tmp_path, embeddings="openai:bge-m3"))
    (tmp_path / "model.onnx").write_bytes(b"no model")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match="無法載入"):
        load_embedder(Settings(home=tmp_path, embeddings=str(tmp_path)))


class _Endpoint(BaseHTTPRequestHandler):
    """Speaks the embeddings call of the OpenAI protocol; the vector is (length, 1). Answers in reverse order."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        rows = [
            {"object": "embedding", "index": index, "embedding": [float(len(text)), 1.0]}
            for index, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        answer = {"object": "list", "model": body["model"], "data": rows[::-1], "usage": usage}
        payload = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def test_an_openai_compatible_endpoint_works_and_its_rows_are_put_in_order(tmp_path: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/v1"
        endpoint = load_embedder(Settings(home=tmp_path, embeddings=f"openai:some-model@{url}"))
        vectors = endpoint.passages(["一", "一二三四", ""])
    finally:
        server.shutdown()
        server.server_close()
    assert endpoint.id == "openai:some-model"
    assert endpoint.dimension == 2
    assert vectors[:, 0] / vectors[:, 1] == pytest.approx([1.0, 4.0, 1.0])
