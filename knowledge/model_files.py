"""Model files: the manifest (models.toml), and how a model is fetched, verified and found.

A model is data with a hash. It is looked for in the operator's mirror first, then in the Python packages that the
manifest names; these are downloaded by pip with `--require-hashes` and opened as archives, never installed or run.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
import zipfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import httpx
from pydantic import BaseModel, ConfigDict, Field

from core.settings import Settings

Progress = Callable[[str, float], None]  # (what is being done, share done 0..1)
_MANIFEST = Path(__file__).parent / "models.toml"
_RECEIPT = "installed.json"
_CONVERTER_VERSION = 2  # raise it when a converter writes something else
_CHUNK = 1 << 20


class ModelError(RuntimeError):
    """A model that cannot be had: not installed, not reachable, or not what the manifest says. Says what to do."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Package(_Entry):
    """A Python package that carries model data. `bytes` is the size of the archive."""

    requirement: str
    platform: str | None = None
    sha256: str
    bytes: int


class ModelFile(_Entry):
    """One file: the archive members it is joined from, in order, and the hash and size of the whole."""

    name: str
    parts: list[str]
    sha256: str
    bytes: int


class Model(_Entry):
    """One model of the manifest. `without` says, for people, what works less well when it is missing."""

    name: str
    job: str
    default: bool = False
    about: str
    licence: str
    source: str
    without: str
    convert: str | None = None
    package: list[Package] = Field(default_factory=list)
    file: list[ModelFile]

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(package.bytes for package in self.package)


@lru_cache(maxsize=1)
def manifest() -> dict[str, Model]:
    """All models of models.toml, by name."""
    with _MANIFEST.open("rb") as stream:
        rows = tomllib.load(stream)["model"]
    return {str(row["name"]): Model.model_validate(row) for row in rows}


def find(name: str) -> Model:
    """The manifest's entry. Raises ModelError for a name that is not in it."""
    try:
        return manifest()[name]
    except KeyError:
        raise ModelError(f"沒有名為 {name} 的模型;可用的有:{'、'.join(manifest())}") from None


def folder(name: str, settings: Settings) -> Path:
    """Where the model lies when it is installed."""
    return settings.home / "models" / name


def installed(name: str, settings: Settings) -> Path | None:
    """The model's folder when it is complete and made from the manifest's files, else None. Reads no big file."""
    model = find(name)
    place = folder(name, settings)
    receipt = _receipt(place)
    if receipt is None or receipt.get("recipe") != _recipe(model):
        return None
    sizes = receipt.get("sizes")
    if not isinstance(sizes, dict):
        return None
    for file, size in sizes.items():
        path = place / file
        if not path.is_file() or path.stat().st_size != size:
            return None
    return place


def require(name: str, settings: Settings) -> Path:
    """The model's folder. Raises ModelError that says how to get it when it is not installed."""
    place = installed(name, settings)
    if place is None:
        model = find(name)
        raise ModelError(f"模型 {name} 尚未安裝({model.without})。請執行:steward models fetch {name}")
    return place


def verify(name: str, settings: Settings) -> None:
    """Read the installed files and compare their hashes. Raises ModelError that names the file that differs."""
    place = require(name, settings)
    receipt = _receipt(place) or {}
    hashes = receipt.get("sha256")
    for file, expected in (hashes if isinstance(hashes, dict) else {}).items():
        if sha256_of(place / file) != expected:
            raise ModelError(f"模型檔 {place / file} 的 SHA-256 與安裝時不同,可能已損毀。請刪除該資料夾後重新下載。")


def fetch(name: str, settings: Settings, progress: Progress | None = None) -> Path:
    """Install a model if it is not there, and return its folder.

    Mirror (settings.models_mirror) first, then the packages. Every file is compared with the manifest's SHA-256 before
    it is used; the folder appears only when all is right. Raises ModelError.
    """
    ready = installed(name, settings)
    if ready is not None:
        return ready
    model = find(name)
    say = progress or (lambda _what, _share: None)
    place = folder(name, settings)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=place.parent) as scratch_name:
        scratch = Path(scratch_name)
        sources = scratch / "sources"
        sources.mkdir()
        if not _from_mirror(model, settings.models_mirror, sources, say):
            _from_packages(model, scratch, sources, say)
        for file in model.file:
            say(f"核對 {file.name}", 0.92)
            _expect(sources / file.name, file.sha256)
        result = scratch / "result"
        if model.convert is None:
            sources.rename(result)
        else:
            say("轉換格式", 0.95)
            _CONVERTERS[model.convert](sources / model.file[0].name, result)
        _write_receipt(model, result)
        _put_in_place(result, place)
    say("完成", 1.0)
    found = installed(name, settings)
    if found is None:
        raise ModelError(f"模型 {name} 安裝後不完整:{place}")
    return found


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal. Raises ModelError when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"讀不到模型檔 {path}:{error.strerror}") from error


def _convert_e5(packed: Path, target: Path) -> None:
    from knowledge.e5_weights import convert

    try:
        convert(packed, target)
    except ValueError as error:
        raise ModelError(f"模型檔無法轉換:{error}") from error


_CONVERTERS: dict[str, Callable[[Path, Path], None]] = {"e5": _convert_e5}


def _recipe(model: Model) -> str:
    """What an installed folder was made from; another recipe means that it has to be made again."""
    return ",".join([f"{model.convert or 'files'}{_CONVERTER_VERSION}", *(file.sha256 for file in model.file)])


def _receipt(place: Path) -> dict[str, object] | None:
    try:
        content = json.loads((place / _RECEIPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def _write_receipt(model: Model, result: Path) -> None:
    files = sorted(path for path in result.rglob("*") if path.is_file())
    names = {path: path.relative_to(result).as_posix() for path in files}
    receipt = {
        "model": model.name,
        "recipe": _recipe(model),
        "sizes": {names[path]: path.stat().st_size for path in files},
        "sha256": {names[path]: sha256_of(path) for path in files},
    }
    (result / _RECEIPT).write_text(json.dumps(receipt, indent=1), encoding="utf-8")


def _put_in_place(result: Path, place: Path) -> None:
    """Swap the finished folder in; what stood there (incomplete or outdated) goes."""
    old = result.with_name("old")
    if place.exists():
        place.rename(old)
    try:
        result.rename(place)
    except OSError:
        if not place.exists():  # another process was faster: its folder is as good
            raise


def _expect(path: Path, sha256: str) -> None:
    actual = sha256_of(path)
    if actual != sha256:
        raise ModelError(
            f"{path.name} 的 SHA-256 不符,已拒絕使用(應為 {sha256[:16]}…,實際 {actual[:16]}…)。"
            "請確認鏡像內容或稍後重試。"
        )


def _from_mirror(model: Model, mirror: str, sources: Path, say: Progress) -> bool:
    """Take all files from the operator's mirror (a folder, or an http(s) address). False when it lacks one."""
    if not mirror:
        return False
    if mirror.startswith(("http://", "https://")):
        return all(
            _download(f"{mirror.rstrip('/')}/{model.name}/{file.name}", sources, file, say) for file in model.file
        )
    root = Path(mirror.removeprefix("file://"))
    for file in model.file:
        candidates = [root / model.name / file.name, root / file.name]
        found = next((path for path in candidates if path.is_file()), None)
        if found is None:
            return False
        say(f"從鏡像複製 {file.name}", 0.2)
        shutil.copyfile(found, sources / file.name)
    return True


def _download(url: str, sources: Path, file: ModelFile, say: Progress) -> bool:
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=30.0) as answer:
            if answer.status_code == httpx.codes.NOT_FOUND:
                return False
            answer.raise_for_status()
            done = 0
            with (sources / file.name).open("wb") as stream:
                for chunk in answer.iter_bytes(_CHUNK):
                    stream.write(chunk)
                    done += len(chunk)
                    say(f"從鏡像下載 {file.name}", 0.9 * min(done / file.bytes, 1.0))
    except httpx.HTTPError as error:
        raise ModelError(f"鏡像 {url} 無法使用:{error}") from error
    return True


def _from_packages(model: Model, scratch: Path, sources: Path, say: Progress) -> None:
    archives = scratch / "archives"
    archives.mkdir()
    total = max(model.size, 1)
    done = 0
    for package in model.package:

        def watch(size: int, title: str = package.requirement, before: int = done) -> None:
            say(f"下載 {title}", 0.9 * min((before + size) / total, 1.0))

        _pip_download(package, archives, scratch, watch)
        done += package.bytes
    for file in model.file:
        with (sources / file.name).open("wb") as target:
            for part in file.parts:
                _extract(archives, part, target.write)


def _pip_download(package: Package, archives: Path, scratch: Path, watch: Callable[[int], None]) -> None:
    """`pip download` with the hash required, through this interpreter's pip and whatever index it is set up with."""
    requirements = scratch / "requirements.txt"
    requirements.write_text(f"{package.requirement} --hash=sha256:{package.sha256}\n", encoding="utf-8")
    download_area = scratch / "tmp"  # pip's own temporary folder: its growth is the progress
    download_area.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--only-binary=:all:", "--progress-bar=off", "--no-input", "--disable-pip-version-check"]
    if package.platform:
        command += [f"--platform={package.platform}"]
    command += ["--dest", str(archives), "-r", str(requirements)]
    environment = {**os.environ, "TMPDIR": str(download_area)}
    with (scratch / "pip.log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603 - fixed command
        most = 0
        while process.poll() is None:
            time.sleep(0.2)
            most = max(most, _size_of(download_area))  # pip moves the file away at the end
            watch(most)
        if process.returncode != 0:
            log.seek(0)
            lines = [line.strip() for line in log.read().splitlines() if line.strip()]
            reason = next((line for line in lines if line.startswith("ERROR")), lines[-1] if lines else "pip 失敗")
            if any("DO NOT MATCH THE HASHES" in line for line in lines):
                reason = "下載內容的 SHA-256 與清單不符,已拒絕使用"
            raise ModelError(
                f"無法取得 {package.requirement}:{reason}。離線環境請把檔案放進資料夾並設定 STEWARD_MODELS_MIRROR。"
            )


def _size_of(area: Path) -> int:
    total = 0
    for path in area.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # pip removed it meanwhile
            continue
    return total


def _extract(archives: Path, member: str, write: Callable[[bytes], int]) -> None:
    """Copy one member out of whichever wheel or tarball holds it; nothing else is unpacked."""
    for archive in sorted(archives.iterdir()):
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                if member in wheel.namelist():
                    with wheel.open(member) as stream:
                        while chunk := stream.read(_CHUNK):
                            write(chunk)
                    return
        elif tarfile.is_tarfile(archive):
            with tarfile.open(archive) as tarball:
                for info in tarball:
                    inner = info.name.split("/", 1)[-1]
                    stream_or_none = tarball.extractfile(info) if inner == member and info.isfile() else None
                    if stream_or_none is not None:
                        while chunk := stream_or_none.read(_CHUNK):
                            write(chunk)
                        return
    raise ModelError(f"套件中找不到 {member}")
