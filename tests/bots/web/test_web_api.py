"""The HTTP chat: events in order, resumed and repeated without harm; nobody speaks or reads for somebody else."""

import json
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from bots.web.api import BODY_MAX, ChatDeps, chat_router, prefers_json
from bots.web.events import pieces
from bots.web.limits import Buckets, Rate, address_key
from bots.web.ports import Speaker
from bots.web.visitors import Visitors, load_key
from tests.bots.web.memory_chat import MemoryChat

URL = "/api/v1/chat"
KEY = b"k" * 32
Client = Callable[..., httpx.AsyncClient]


@dataclass
class Event:
    event: str
    id: str | None
    data: Any


def parse(stream: str) -> list[Event]:
    events = []
    for block in stream.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
        if fields:
            events.append(Event(fields["event"], fields.get("id"), json.loads(fields["data"])))
    return events


def make_app(chat: MemoryChat, **changes: Any) -> FastAPI:
    app = FastAPI()
    app.include_router(chat_router(replace(ChatDeps(chat, Visitors(KEY, days=7)), **changes)))
    return app


def browser(app: FastAPI, base: str = "http://127.0.0.1", address: str = "127.0.0.1") -> httpx.AsyncClient:
    """A client with cookies of its own."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 5000)), base_url=base)


@pytest.fixture
def chat() -> MemoryChat:
    return MemoryChat()


@pytest.fixture
def app(chat: MemoryChat) -> FastAPI:
    return make_app(chat)


async def ask(client: httpx.AsyncClient, text: str = "我媽媽85歲", **more: Any) -> httpx.Response:
    return await client.post(URL, json={"session": "s", "text": text, **more})


async def test_a_message_streams_status_deltas_message_and_done_with_numbered_ids(app: FastAPI) -> None:
    async with browser(app) as client:
        response = await ask(client)
        whole = (
            await client.post(URL, json={"session": "s", "text": "好"}, headers={"Accept": "application/json"})
        ).json()
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-accel-buffering"] == "no"
    assert "no-store" in response.headers["cache-control"]
    events = parse(response.text)
    kinds = [event.event for event in events]
    assert kinds == ["status", *["delta"] * (len(events) - 3), "message", "done"]
    assert len(events) > 5
    head = events[0].id.removesuffix(":0")  # type: ignore[union-attr]
    assert [event.id for event in events] == [f"{head}:{n}" for n in range(len(events))]
    turn = events[-2].data
    assert "".join(event.data["text"] for event in events if event.event == "delta") == turn["reply"]
    assert set(turn) >= {"intents", "slots", "reply", "citations", "programmes", "needs", "ms", "attachments"}
    assert set(whole) == set(turn)
    assert turn["intents"] == ["welfare.ask"]


async def test_a_stream_resumes_behind_the_last_event_also_on_a_restarted_server(chat: MemoryChat) -> None:
    async with browser(make_app(chat)) as client:
        full = parse((await ask(client, id="m1")).text)
        for last in (0, 2, len(full) - 2, len(full) - 1):
            async with browser(make_app(chat)) as later:  # another process with the same key and store
                later.cookies = client.cookies
                headers = {"Last-Event-ID": full[last].id or ""}
                again = await later.post(URL, json={"session": "s", "text": "我媽媽85歲", "id": "m1"}, headers=headers)
            assert parse(again.text) == full[last + 1 :]
    assert len(chat.accepted) == 1


async def test_a_stream_without_a_message_id_resumes_too_but_only_for_the_same_text(
    chat: MemoryChat, app: FastAPI
) -> None:
    async with browser(app) as client:
        full = parse((await ask(client)).text)
        headers = {"Last-Event-ID": full[1].id or ""}
        same = await client.post(URL, json={"session": "s", "text": "我媽媽85歲"}, headers=headers)
        other = await client.post(URL, json={"session": "s", "text": "謝謝"}, headers=headers)
    assert parse(same.text) == full[2:]
    assert parse(other.text)[0].event == "status"
    assert [inbound.text for inbound in chat.accepted] == ["我媽媽85歲", "謝謝"]


@pytest.mark.parametrize("header", ["garbage", ":3", "web:a:b:99999999999", "web:a:b:-1", "web:a:b~c:1"])
async def test_a_foreign_last_event_id_starts_at_the_beginning(app: FastAPI, header: str) -> None:
    async with browser(app) as client:
        response = await client.post(
            URL, json={"session": "s", "text": "好", "id": "1"}, headers={"Last-Event-ID": header}
        )
    assert parse(response.text)[0].event == "status"


async def test_the_same_message_id_counts_once_and_gives_the_same_answer(chat: MemoryChat, app: FastAPI) -> None:
    async with browser(app) as client:
        first, second = await ask(client, id="m1"), await ask(client, id="m1")
        await ask(client, id="m2")
    assert first.text == second.text
    assert len(chat.accepted) == 2


async def test_keep_alive_comments_bridge_a_slow_answer(chat: MemoryChat) -> None:
    chat.delay_s = 0.05
    deps = {"keep_alive_s": 0.02, "patience_s": 0.15}
    async with browser(make_app(chat, **deps)) as client:
        response = await ask(client)
    assert response.text.count(": ping\n\n") > 1
    assert [event.event for event in parse(response.text)] == [
        "status",
        "problem",
    ]  # the delay is longer than each wait
    assert parse(response.text)[-1].id is None
    assert "1999" in parse(response.text)[-1].data["detail"]


async def test_an_answer_that_is_late_is_a_problem_that_says_to_come_back(chat: MemoryChat) -> None:
    chat.stuck = True
    async with browser(make_app(chat, patience_s=0.02)) as client:
        response = await client.post(URL, json={"session": "s", "text": "好"}, headers={"Accept": "application/json"})
    assert response.status_code == 504
    assert response.json()["code"] == "late"


async def test_when_nothing_can_be_accepted_the_answer_says_so(chat: MemoryChat, app: FastAPI) -> None:
    chat.down = True
    async with browser(app) as client:
        response = await ask(client)
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "json"),
        (b"", 400, "json"),
        (b"[" * 100_000, 400, "json"),
        (b"[]", 422, "json"),
        (b'"text"', 422, "json"),
        (b'{"session":"s","text":"\xff\xfe"}', 400, "encoding"),
        (b'{"session":"s","text":"\\ud800"}', 400, "json"),
        (b'{"session":"s"}', 422, "empty"),
        (b'{"session":"s","text":""}', 422, "empty"),
        (b'{"session":"s","text":" \\n\\u3000"}', 422, "empty"),
        (b'{"session":"s","text":5}', 422, "field"),
        (b'{"session":"s","text":null}', 422, "field"),
        (b'{"session":5,"text":"a"}', 422, "field"),
        (b'{"text":"a"}', 422, "field"),
        (b'{"session":"","text":"a"}', 422, "field"),
        (b'{"session":"s","text":"a","id":7}', 422, "field"),
        (b'{"session":"%s","text":"a"}' % (b"x" * 101), 422, "field"),
        (b'{"session":"s","text":"%s"}' % (b"x" * 20_001), 413, "too_long"),
        (b" " * (BODY_MAX + 1), 413, "too_long"),
    ],
)
async def test_broken_input_gets_a_problem_document_with_a_sentence(
    chat: MemoryChat, app: FastAPI, body: bytes, status: int, code: str
) -> None:
    async with browser(app) as client:
        response = await client.post(URL, content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert set(response.json()) >= {"type", "title", "status", "detail"}
    assert response.json()["detail"].endswith("。")
    assert chat.accepted == []


async def test_other_content_types_are_refused(app: FastAPI) -> None:
    async with browser(app) as client:
        response = await client.post(URL, content=b'{"session":"s","text":"a"}', headers={"Content-Type": "text/plain"})
    assert response.status_code == 415


@pytest.mark.parametrize("text", ["x" * 20_000, "😀" * 20_000, "\u200b\u200b", "<script>alert(1)</script>", "a\x00b"])
async def test_odd_texts_are_accepted_and_answered(chat: MemoryChat, app: FastAPI, text: str) -> None:
    async with browser(app) as client:
        response = await ask(client, text)
    assert parse(response.text)[-1].event == "done"
    assert chat.accepted[0].text == text.replace("\x00", "")


async def test_two_visitors_with_one_session_name_never_meet(chat: MemoryChat, app: FastAPI) -> None:
    async with browser(app) as mine, browser(app) as theirs:
        events = parse((await ask(mine, "我的祕密", id="m")).text)
        await ask(theirs, "我是別人", id="m")
        stolen = await theirs.post(
            URL, json={"session": "s", "text": "我的祕密"}, headers={"Last-Event-ID": events[1].id or ""}
        )
        my_history = (await mine.get(f"{URL}/s/history")).json()["exchanges"]
        other_history = (await theirs.get(f"{URL}/s/history")).json()["exchanges"]
        no_history = (await browser(app).get(f"{URL}/s/history")).json()["exchanges"]
    assert [exchange["text"] for exchange in my_history] == ["我的祕密"]
    assert [exchange["text"] for exchange in other_history] == ["我是別人", "我的祕密"]
    assert parse(stolen.text)[0].event == "status"
    assert no_history == []
    assert len({inbound.conversation for inbound in chat.accepted}) == 2
    assert my_history[0]["id"] == "m"
    assert my_history[0]["message"]["reply"]


async def test_nothing_in_the_body_raises_rights(chat: MemoryChat, app: FastAPI) -> None:
    async with browser(app) as client:
        await ask(client, role="staff", citizen="demo-rider-1", conversation="web:x", channel="line")
    inbound = chat.accepted[0]
    assert (inbound.role, inbound.citizen, inbound.channel) == ("citizen", None, "web")


async def test_the_cookie_is_signed_http_only_and_lax(app: FastAPI) -> None:
    async with browser(app) as client:
        cookie = (await ask(client)).headers["set-cookie"]
        again = await ask(client)
    assert cookie.startswith("steward=")
    assert "; HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "set-cookie" not in again.headers
    async with browser(app, base="https://chat.example") as client:
        secure = (await ask(client)).headers["set-cookie"]
    assert secure.startswith("__Host-steward=")
    assert "; Secure" in secure
    assert "Domain" not in secure
    async with browser(app, base="https://chat.example") as client:
        embedded = await client.post(URL, json={"session": "s", "text": "a"}, headers={"X-Steward-Surface": "embed"})
    for part in ("__Host-steward_embed=", "SameSite=None", "; Secure", "; Partitioned", "; HttpOnly"):
        assert part in embedded.headers["set-cookie"]


@pytest.mark.parametrize("change", ["signature", "id", "age", "junk"])
async def test_a_forged_or_old_cookie_is_a_new_visitor(chat: MemoryChat, app: FastAPI, change: str) -> None:
    async with browser(app) as client:
        await ask(client)
        visit, issued, signature = client.cookies["steward"].split(".")
        forged = {
            "signature": f"{visit}.{issued}.{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
            "id": f"{visit}x.{issued}.{signature}",
            "age": f"{visit}.{int(issued) + 5}.{signature}",
            "junk": "..",
        }[change]
    async with browser(app) as other:
        other.cookies.set("steward", forged)
        assert "set-cookie" in (await ask(other)).headers
    assert len({inbound.conversation for inbound in chat.accepted}) == 2


def _request(cookie: str) -> Request:
    headers = [(b"cookie", f"steward={cookie}".encode()), (b"host", b"localhost")]
    return Request({"type": "http", "headers": headers, "scheme": "http", "path": "/", "server": ("localhost", 80)})


def test_a_cookie_ends_after_its_days_and_is_renewed_before() -> None:
    from fastapi import Response

    def token_at(moment: float) -> str:
        response = Response()
        visitors = Visitors(KEY, days=7, clock=lambda: moment)
        visitors.remember(_request(""), response, visitors.new())
        return response.headers["set-cookie"].split(";")[0].partition("=")[2]

    def read(days: float) -> Any:
        return Visitors(KEY, days=7, clock=lambda: 1_000_000 + days * 86_400).read(_request(token_at(1_000_000)))

    assert read(0.5).renew is False
    assert read(2).renew is True
    assert read(7.1) is None
    assert read(-1) is None


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    key = load_key(home)
    assert load_key(home) == key
    assert len(key) == 32
    assert stat.S_IMODE((home / "web-session.key").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["web-session.key"]
    given = load_key(home, "a long enough secret of the operator")
    assert given != key
    with pytest.raises(ValueError, match="32"):
        load_key(home, "short")
    (home / "web-session.key").write_bytes(b"")
    with pytest.raises(ValueError, match="too short"):
        load_key(home)


async def test_other_sites_cannot_send_for_a_visitor(chat: MemoryChat, app: FastAPI) -> None:
    async with browser(app) as client:
        for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)):
            response = await client.post(URL, json={"session": "s", "text": "a"}, headers={"Sec-Fetch-Site": site})
            assert response.status_code == status, site
            assert "access-control-allow-origin" not in response.headers
    assert len(chat.accepted) == 2


async def test_too_many_messages_of_one_conversation_wait(chat: MemoryChat) -> None:
    now = [0.0]
    bucket = Buckets(Rate(burst=2, per_second=0.5), clock=lambda: now[0])
    async with browser(make_app(chat, per_conversation=bucket)) as client:
        first = parse((await ask(client, id="m1")).text)
        await ask(client, id="m2")
        refused = await ask(client, id="m3")
        resumed = await client.post(
            URL, json={"session": "s", "text": "x", "id": "m1"}, headers={"Last-Event-ID": first[0].id or ""}
        )
        now[0] = 2.0
        later = await ask(client, id="m3")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
    assert "2 秒" in refused.json()["detail"]
    assert (resumed.status_code, later.status_code) == (200, 200)
    assert [inbound.extra["message_id"] for inbound in chat.accepted] == ["m1", "m2", "m3"]


async def test_too_many_messages_from_one_address_wait_whatever_their_cookies(chat: MemoryChat) -> None:
    app = make_app(chat, per_address=Buckets(Rate(burst=2, per_second=0.1)))

    async def status(address: str) -> int:
        async with browser(app, address=address) as client:
            return (await ask(client)).status_code

    assert [await status("203.0.113.5") for _ in range(3)] == [200, 200, 429]
    assert await status("203.0.113.6") == 200
    assert [await status("127.0.0.1") for _ in range(4)] == [200] * 4


def test_addresses_count_by_household_and_buckets_stay_few() -> None:
    assert address_key("2001:db8::1") == address_key("2001:db8::ffff") != address_key("2001:db8:0:1::1")
    assert address_key("::ffff:203.0.113.5") == "203.0.113.5"
    assert address_key("::1") is None
    assert address_key("::ffff:127.0.0.1") is None
    buckets = Buckets(Rate(burst=1, per_second=1), size=3)
    for number in range(10):
        buckets.wait(str(number))
    assert len(buckets._levels) == 3


@pytest.mark.parametrize(
    ("demo", "base", "address", "headers", "expected"),
    [
        (True, "http://127.0.0.1", "127.0.0.1", {}, "demo-rider-3"),
        (True, "http://localhost:8000", "127.0.0.1", {}, "demo-rider-3"),
        (True, "http://[::1]:8000", "::1", {}, "demo-rider-3"),
        (False, "http://127.0.0.1", "127.0.0.1", {}, None),
        (True, "http://127.0.0.1", "203.0.113.5", {}, None),
        (True, "http://chat.example", "127.0.0.1", {}, None),
        (True, "http://127.0.0.1", "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, None),
        (True, "http://127.0.0.1", "127.0.0.1", {"Forwarded": "for=127.0.0.1"}, None),
        (True, "http://127.0.0.1", "127.0.0.1", {"Host": "evil.example"}, None),
    ],
)
async def test_a_demo_session_speaks_for_its_rider_on_this_machine_only(
    chat: MemoryChat, demo: bool, base: str, address: str, headers: dict[str, str], expected: str | None
) -> None:
    async with browser(make_app(chat, demo=demo), base=base, address=address) as client:
        await client.post(URL, json={"session": "demo-rider-3", "text": "我要訂車"}, headers=headers)
    assert chat.accepted[0].citizen == expected


@pytest.mark.parametrize("name", ["demo-rider-0", "demo-rider-", "demo-rider-1x", "Demo-Rider-1", "demo-rider-1\n"])
async def test_only_exact_demo_names_count(chat: MemoryChat, name: str) -> None:
    async with browser(make_app(chat, demo=True)) as client:
        await client.post(URL, json={"session": name, "text": "我要訂車"})
    assert chat.accepted[0].citizen is None


async def test_a_sign_in_decides_who_speaks(chat: MemoryChat) -> None:
    class Bearer:
        async def speaker(self, request: Request) -> Speaker | None:
            known = request.headers.get("authorization") == "Bearer good"
            return Speaker("account:7", role="staff") if known else None

    async with browser(make_app(chat, sign_in=Bearer())) as client:
        for token in ("good", "bad"):
            headers = {"Authorization": f"Bearer {token}"}
            await client.post(URL, json={"session": "s", "text": "查公文"}, headers=headers)
    assert [inbound.role for inbound in chat.accepted] == ["staff", "citizen"]
    assert chat.accepted[0].conversation != chat.accepted[1].conversation


async def test_the_welcome_says_whether_the_cookie_arrived(app: FastAPI) -> None:
    async with browser(app) as client:
        before = (await client.get(f"{URL}/welcome")).json()
        await ask(client)
        after = (await client.get(f"{URL}/welcome")).json()
    assert (before["remembered"], after["remembered"]) == (False, True)
    assert len(before["quick_replies"]) == 4


def test_accept_headers_are_weighed() -> None:
    assert prefers_json("application/json")
    assert prefers_json("application/json, */*")
    assert prefers_json("text/event-stream;q=0.5, application/json")
    assert not prefers_json("")
    assert not prefers_json("*/*")
    assert not prefers_json("text/event-stream, application/json")
    assert not prefers_json("application/json;q=0, */*")
    assert not prefers_json("application/json;q=x")


@pytest.mark.parametrize(
    "text", ["", "\n\n", "a\r\nb", "。。。。。。", "無標點" * 50, "一句。\n・二、三:四!\n", "😀" * 90]
)
def test_pieces_join_to_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
    assert all(len(piece) <= 43 for piece in pieces(text))


async def test_the_api_is_described(app: FastAPI) -> None:
    async with browser(app) as client:
        document = (await client.get("/openapi.json")).json()
    operation = document["paths"][URL]["post"]
    assert set(operation["requestBody"]["content"]["application/json"]["schema"]["properties"]) == {
        "session",
        "text",
        "id",
    }
    assert "text/event-stream" in operation["responses"]["200"]["content"]
    assert "application/problem+json" in operation["responses"]["429"]["content"]
