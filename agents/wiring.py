"""Where the assistant gets its parts from: settings in, a ready assistant out. Used by the server and the command line."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from agents.assistant import Assistant, build_assistant, checkpointer_for
from agents.understanding.borders import BorderedUnderstanding
from agents.understanding.embedded import EmbeddedUnderstanding
from agents.understanding.port import Understanding
from agents.understanding.slots import parse_slots
from agents.understanding.training import train
from core.errors import NotReady
from core.models import get_language_model
from core.progress import bar
from core.settings import Settings, get_settings
from knowledge import model_files
from knowledge.county import CountySearch
from knowledge.embeddings import BUNDLED, load_embedder
from knowledge.ingest import IngestError, ingest, open_county
from knowledge.records import County, get_county
from knowledge.statements import open_statements

_UNIT_SURE = 0.35


class UnitSearch:
    """Finds the unit in charge through the county's own index."""

    def __init__(self, search: CountySearch, county: County) -> None:
        self._search = search
        self._county = county

    def find_unit(self, text: str) -> str | None:
        """The id of the unit that is in charge of what `text` is about; None when that is not clear."""
        hits = self._search.search(text, 3)
        if not hits or hits[0].score < _UNIT_SURE:
            return None
        known = self._county.elsewhere.get(hits[0].id)
        return known.unit if known else hits[0].id if hits[0].kind == "unit" else None


@asynccontextmanager
async def open_assistant(settings: Settings | None = None, *, durable: bool = False) -> AsyncIterator[Assistant]:
    """A ready assistant. `durable`: conversations survive the process (the server); otherwise they live in memory.

    What is missing (index, intent model) is made first. Raises NotReady when the text model is not installed.
    """
    settings = settings or get_settings()
    county = get_county()
    try:
        embedder = load_embedder(settings)
        search = open_county(settings)
    except (model_files.ModelError, IngestError) as error:
        raise NotReady(str(error)) from error
    statements = open_statements(county, embedder, settings)
    embedded = EmbeddedUnderstanding(embedder, train(settings, embedder, county=county), parse_slots)
    model = get_language_model(settings)
    understanding: Understanding = embedded
    if model is not None:
        from agents.understanding.llm import FallbackUnderstanding, LLMUnderstanding

        understanding = FallbackUnderstanding(LLMUnderstanding(model), embedded)
    names = [name for p in county.programmes.values() for name in (p.name, *p.aliases)]
    bordered = BorderedUnderstanding(understanding, names, search)
    async with AsyncExitStack() as stack:
        checkpointer = await stack.enter_async_context(checkpointer_for(settings)) if durable else None
        yield build_assistant(
            county,
            bordered,
            search,
            UnitSearch(search, county),
            model,
            checkpointer,
            lambda programme, question: statements.scores(programme.id, question),
        )


def prepare(settings: Settings, laws: Path | None = None) -> None:
    """Everything that serving needs and that may be missing: model, database, index, intent model; quick when all is there.

    Shows bars on a terminal. Raises NotReady with words that say what to do.
    """
    from core.db import migrate  # SQLAlchemy: a question on the command line needs none of it

    settings.home.mkdir(parents=True, exist_ok=True)
    try:
        if not settings.embeddings and model_files.installed(BUNDLED, settings) is None:
            with bar("取得文字模型") as step:
                model_files.fetch(BUNDLED, settings, step)
        migrate(settings)
        with bar("建立知識索引") as step:
            ingest(settings, laws, lambda what, done, total: step(what, done / max(total, 1)))
        embedder = load_embedder(settings)
        county = get_county()
        with bar("建立條文索引") as step:
            open_statements(county, embedder, settings, lambda done, total: step("", done / max(total, 1)))
        with bar("訓練意圖模型") as step:
            train(
                settings,
                embedder,
                lambda done, total: step("訓練意圖模型", done / max(total, 1)),
                county,
            )
    except (model_files.ModelError, IngestError) as error:
        raise NotReady(str(error)) from error
