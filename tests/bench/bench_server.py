"""What a cited answer costs, as a ratio to the same frameworks doing nothing. `make bench`.

    python -m tests.bench.bench_server [--requests N] [--home DIR] [--strict]

Starts the bare server (bare.py) and `steward serve` on free loopback ports and drives both with 8 requests in flight,
in alternating rounds, so that whatever else the machine does falls on both. Prints p50/p95 of each, their ratio, the
server's peak memory and the wall time of a cold `steward ask`. Exit code 1 when the system could not be measured, or,
with --strict, when a target is missed.
"""

import argparse
import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.evals.report import percentile

ROOT = Path(__file__).parents[2]
CONCURRENCY = 8
ROUNDS = 6
WARM_UP = 24  # first requests of each server, not measured: imports, caches, thread pools
READY_S = 300.0
COLD_QUESTION = "育兒津貼第一個孩子一個月多少"

QUESTIONS = (
    "一款低收一個人一個月領多少",
    "中低收的門檻每人每月多少",
    "中低收老人津貼一個月最多領多少",
    "中度身障又是低收 每個月身障補助多少",
    "一般戶買助聽器 身障輔具補助幾成",
    "身障復健費用補助一般戶補多少%",
    "辦殘障停車證要帶什麼",
    "身障免牌照稅最多免多少錢",
    "復康巴士電話幾號",
    "敬老卡每個月有幾點",
    "縣府那個敬老福利津貼一個月多少",
    "新竹縣敬老禮金一年多少",
    "竹北重陽禮金發多少",
    "縣府補助老人做假牙 一口補多少",
    "中低收老人房子漏水修繕補助上限",
    "老農津貼現在一個月多少",
    "國民年金老年基本保證年金一個月多少錢",
    "國保身心障礙基本保證年金多少",
    "中央的生育補助一胎補到多少",
    "新竹縣生第一胎縣府給多少",
    "竹東鎮公所生第一胎另外給多少",
    "婚後孕前健檢補助多少",
    "育兒津貼第一個孩子一個月多少",
    "送準公共保母第一胎一個月補多少",
    "公托一個月補助多少",
    "五歲讀私立幼兒園的就學補助怎麼辦 要自己申請嗎",
    "特境緊急生活扶助一個月多少",
    "住尖石的原住民去竹東看病 車錢有補助嗎 什麼情形",
    "弱勢兒少醫療補助一年最多多少",
    "早療一次補助多少",
    "CMS 4級 長照照顧服務一個月額度多少",
    "CMS 5級喘息一年多少額度",
    "竹東的長照車一個月補助額度多少",
    "長照輔具第一群三年額度多少",
    "低收住院請看護一天補多少",
    "租金補貼一個月可以補多少",
    "失業給付領幾%",
    "育嬰留停可以領幾成薪",
    "低收大學學費減免多少",
    "要辦身障手冊去哪裡辦",
)


class BenchError(RuntimeError):
    """The system could not be measured. The text says why, for the person at the terminal."""


@dataclass
class Load:
    """What came of driving one server: milliseconds of each good answer, and what was wrong with the others."""

    ms: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Load") -> None:
        """Take another round in."""
        self.ms += other.ms
        self.faults += other.faults


@dataclass(frozen=True)
class Line:
    """One line of the table. `target` None: shown for information."""

    name: str
    value: float | None
    unit: str
    target: float | None = None

    @property
    def missed(self) -> bool:
        """A target that is not reached, or could not be measured."""
        return self.target is not None and (self.value is None or self.value > self.target)


def free_port() -> int:
    """A loopback port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], url: str, log: Path, cwd: Path, env: dict[str, str]) -> Iterator[int]:
    """Start a server, wait until GET /readyz says 200, give its process id, stop it at the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=output, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + READY_S
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
                raise BenchError(f"`{' '.join(command)}` did not get ready:\n{tail}")
            try:
                if httpx.get(f"{url}/readyz", timeout=5, trust_env=False).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def fault_of(response: httpx.Response, cited: bool) -> str | None:
    """Why an answer does not count, or None."""
    if response.status_code != 200:
        return f"HTTP {response.status_code}"
    try:
        body = response.json()
    except json.JSONDecodeError:
        return "not JSON"
    if not body.get("reply"):
        return "empty reply"
    return "no citation" if cited and not body.get("citations") else None


async def drive(url: str, count: int, *, start: int = 0, cited: bool = False) -> Load:
    """Send `count` questions, 8 in flight, each in a session of its own; `cited`: an answer needs a citation."""
    load = Load()
    numbers = iter(range(start, start + count))
    limits = httpx.Limits(max_connections=CONCURRENCY, max_keepalive_connections=CONCURRENCY)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits, trust_env=False) as client:

        async def worker() -> None:
            for number in numbers:
                text = QUESTIONS[number % len(QUESTIONS)]
                began = time.perf_counter()
                try:
                    response = await client.post(
                        "/api/v1/chat",
                        json={"session": f"bench-{number}", "text": text},
                        headers={"Accept": "application/json"},
                    )
                except httpx.TransportError as error:
                    load.faults.append(f"{text}: {type(error).__name__}")
                    continue
                ms = (time.perf_counter() - began) * 1000
                fault = fault_of(response, cited)
                if fault:
                    load.faults.append(f"{text}: {fault}")
                else:
                    load.ms.append(ms)

        await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))
    return load


def peak_memory_mb(pid: int) -> float | None:
    """Highest resident memory of a process and its children, in MB (10⁶ bytes); None where there is no /proc."""
    parents: dict[int, int] = {}
    peaks: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = status.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:  # ended meanwhile
            continue
        values = dict(line.split(":", 1) for line in lines if ":" in line)
        parents[int(status.parent.name)] = int(values.get("PPid", "0"))
        peaks[int(status.parent.name)] = int(values.get("VmHWM", "0 kB").split()[0]) * 1024
    if pid not in peaks:
        return None
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(peaks[one] for one in family) / 1e6


def clean_environment(home: Path) -> dict[str, str]:
    """The environment of a fresh installation: no operator's setting but where model files come from."""
    kept = {"STEWARD_MODELS_MIRROR", "STEWARD_EMBEDDINGS"}
    env = {name: value for name, value in os.environ.items() if not name.startswith("STEWARD_") or name in kept}
    return {**env, "STEWARD_HOME": str(home), "STEWARD_LOG_LEVEL": "WARNING"}


def steward_command() -> str:
    """The `steward` beside this Python. Raises BenchError when it is not installed."""
    found = shutil.which("steward", path=str(Path(sys.executable).parent))
    if found is None:
        raise BenchError("`steward` is not installed in this environment: run `make setup`")
    return found


def prepare(home: Path, models: Path, env: dict[str, str]) -> None:
    """Make `home` ready to serve: the operator's model files are lent, the rest is made as on a new machine."""
    if models.is_dir():
        (home / "models").symlink_to(models.resolve(), target_is_directory=True)
    done = subprocess.run(
        [steward_command(), "ingest"], cwd=home, env=env, check=False, capture_output=True, text=True, errors="replace"
    )
    if done.returncode != 0:
        raise BenchError(f"`steward ingest` failed ({done.returncode}):\n{(done.stderr or done.stdout)[-2000:]}")


def cold_ask_seconds(home: Path, env: dict[str, str], times: int = 3) -> float:
    """Median wall seconds of `steward ask` in a new process. Raises BenchError when it gives no cited answer."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        done = subprocess.run(
            [steward_command(), "ask", COLD_QUESTION, "--json"],
            cwd=home,
            env=env,
            check=False,
            capture_output=True,
            text=True,
        )
        seconds.append(time.perf_counter() - began)
        try:
            answer = json.loads(done.stdout)
        except json.JSONDecodeError:
            raise BenchError(f"`steward ask` gave no JSON ({done.returncode}):\n{done.stderr[-2000:]}") from None
        # A conversation object or its only turn: both are shapes of CONTRACTS 1.
        if not (answer["turns"][0] if "turns" in answer else answer).get("citations"):
            raise BenchError("`steward ask` gave an answer without a citation")
    return statistics.median(seconds)


def measure(requests: int, models: Path) -> tuple[list[Line], list[str]]:
    """Run everything; the table's lines, and the faults of answers. Raises BenchError."""
    with tempfile.TemporaryDirectory(prefix="steward-bench-") as folder:
        # Away from the checkout, so that no `.env` of the operator is read.
        home = Path(folder, "home")
        home.mkdir()
        env = clean_environment(home)
        prepare(home, models, env)
        bare_url, real_url = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        bare_command = [sys.executable, "-m", "tests.bench.bare", bare_url.rpartition(":")[2]]
        real_command = [steward_command(), "serve", "--host", "127.0.0.1", "--port", real_url.rpartition(":")[2]]
        bare, real = Load(), Load()
        with (
            running(bare_command, bare_url, Path(folder, "bare.log"), ROOT, env),
            running(real_command, real_url, Path(folder, "real.log"), home, env) as pid,
        ):
            asyncio.run(drive(bare_url, WARM_UP))
            asyncio.run(drive(real_url, WARM_UP))
            each = max(1, requests // ROUNDS)
            for number in range(ROUNDS):
                start = WARM_UP + number * each
                bare.add(asyncio.run(drive(bare_url, each, start=start)))
                real.add(asyncio.run(drive(real_url, each, start=start, cited=True)))
            memory = peak_memory_mb(pid)
        cold = cold_ask_seconds(home, env)
    return table_of(bare, real, memory, cold), real.faults


def table_of(bare: Load, real: Load, memory: float | None, cold: float) -> list[Line]:
    """The measurements with their targets (issue: "How good, how fast")."""
    bare_p95, real_p95 = percentile(bare.ms, 95), percentile(real.ms, 95)
    ratio = real_p95 / bare_p95 if bare.ms and real.ms else None
    return [
        Line("bare FastAPI + LangGraph, p50", percentile(bare.ms, 50) if bare.ms else None, "ms"),
        Line("bare FastAPI + LangGraph, p95", bare_p95 if bare.ms else None, "ms"),
        Line("cited answer, p50", percentile(real.ms, 50) if real.ms else None, "ms"),
        Line("cited answer, p95", real_p95 if real.ms else None, "ms"),
        Line("ratio of the p95", ratio, "×", 4.0),
        Line("answers that failed or had no citation", float(len(real.faults)), "", 0.0),
        Line("peak memory of the server", memory, "MB", 700.0),
        Line("cold `steward ask`, median of 3", cold, "s", 4.0),
    ]


def render(lines: Sequence[Line]) -> str:
    """The table, as Markdown."""
    rows = [f"| {f'at {CONCURRENCY} concurrent':<38} | {'measured':>10} | {'target':>8} |      |", "|---|---|---|---|"]
    for line in lines:
        value = "–" if line.value is None else f"{line.value:.4g} {line.unit}".rstrip()
        target = "" if line.target is None else f"≤ {line.target:g} {line.unit}".rstrip()
        verdict = "" if line.target is None else ("MISS" if line.missed else "ok")
        rows.append(f"| {line.name:<38} | {value:>10} | {target:>8} | {verdict:<4} |")
    return "\n".join(rows)


def main(argv: Sequence[str] | None = None) -> int:
    """0 measured; 1 could not be measured, or a target is missed with --strict; 2 wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bench_server", description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=300, help="measured requests to each server (30 to 2000)")
    home = Path(os.environ.get("STEWARD_HOME", ROOT / "var"))
    parser.add_argument("--home", type=Path, default=home, help="data folder whose models/ are used")
    parser.add_argument("--strict", action="store_true", help="exit code 1 when a target is missed")
    options = parser.parse_args(argv)
    if not 30 <= options.requests <= 2000:
        parser.error("--requests takes 30 to 2000")
    try:
        lines, faults = measure(options.requests, options.home / "models")
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    print(render(lines))
    for fault in faults[:10]:
        print(f"- {fault}")
    return int(options.strict and any(line.missed for line in lines))


if __name__ == "__main__":
    sys.exit(main())
