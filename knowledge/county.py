"""Finding the county's own records: programmes, units, hotlines and law articles.

Every record stands as several short passages (name and aliases, each way people ask for it, what it gives, who gets
it), because a question resembles one of them and not their sum. What each record's best passages score becomes a few
features, and a ranker (knowledge/ranker.py) turns them into probabilities, with "none of these" among the choices.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.corpus import Hit, pieces
from knowledge.embeddings import Embedder
from knowledge.lexical import Bm25
from knowledge.passages import PassageIndex, Question, embed_questions
from knowledge.ranker import Features, Ranker, fit
from knowledge.records import County, Programme, Unit
from knowledge.text import fold

_CHOICES = ("programme", "elsewhere")
_NONE = 0.5  # from this probability of "none of them" nothing is found
_DUTIES_A_PASSAGE = 6
_ALIAS_FULL = 6  # characters: a name this long in a question leaves no doubt
_FEATURES = 8
_CHINESE = re.compile("[\u3400-\u9fff]")
_FOREIGN = 1.5  # log-odds: a question without Chinese shares no words with any record, which says nothing against one
# Around the name of a status, in folded characters: 我是…, 已經領…, …的家庭.
_I_AM = "(?:我们?家?|我们?|家里|阿[公嬷]|[爸妈])?(?:是|有|拿|领有|领到?|持有?|已经有|不是|也不是)?"
_WHO = "(?:的?(?:家庭|家里|人|户|长辈))?(?:已经在领了?|在领了?)?的?"
# What asks without saying what about; three characters beside it are a subject.
_SUBJECTLESS = re.compile(
    fold(
        "一款|二款|三款|第|怎麼|如何|申請|辦理|辦|資格|條件|標準|門檻|多少|哪裡|去哪|什麼|可以|能|領|補助|津貼|錢|每個?月|一個?月|要|有|嗎|呢|的|請問|幾|戶|證明|要帶|文件|多久|收入|平均|每人"
    )
    + r"|[\s\W\d]"
)
_LEAST_SUBJECT = 3
_FITTED_ON = 12  # ask phrases of each record, evenly chosen: more change nothing but the time it takes
_MOST = 20  # programmes that a search is worth listing
# Weights to start from, found on questions of the development set (tests/evals): of the features in _features, in
# order, then of "none". Fitting on the ask phrases adapts them.
_START = (0.3, 0.5, 2.0, 0.1, 0.5, 0.1, 0.4, 1.6, 9.6)
_RARELY_ARTICLE = 2.0  # log-odds: people ask for services far more often than for an article's wording


@dataclass(frozen=True)
class Node:
    """One passage of a record. `role`: name, ask or about."""

    record: str
    kind: str
    role: str
    text: str


@dataclass(frozen=True)
class Found:
    """Programmes with their probabilities, best first. `abstain`: none of them is likely to be meant.

    `elsewhere`: the id of what is meant instead and is not among the programmes (knowledge/units/elsewhere.yaml).
    """

    hits: list[Hit]
    abstain: bool
    elsewhere: str | None = None


def nodes_of(county: County, articles: Sequence[dict[str, str]] = ()) -> list[Node]:
    """All passages, records in order. `articles`: id, law, article_no, content (the file given to --laws)."""
    out: list[Node] = []
    for programme in county.programmes.values():
        out += [Node(programme.id, "programme", role, text) for role, text in _of_programme(programme)]
    for unit in county.units.values():
        out += [Node(unit.id, "unit", role, text) for role, text in _of_unit(unit)]
    for other in county.elsewhere.values():
        out.append(Node(other.id, "elsewhere", "name", other.name))
        out += [Node(other.id, "elsewhere", "ask", phrase) for phrase in other.ask]
    for hotline in county.hotlines.values():
        out.append(Node(hotline.id, "hotline", "name", f"{hotline.name} {hotline.number}"))
        out.append(Node(hotline.id, "hotline", "about", hotline.when))
    for article in articles:
        lead = f"{article['law']}第{article['article_no']}條"
        out += [Node(article["id"], "article", "about", f"{lead}\n{piece}") for piece in pieces(article["content"])]
    return [node for node in out if node.text.strip()]


def _of_programme(programme: Programme) -> list[tuple[str, str]]:
    named = [("name", "、".join([programme.name, *programme.aliases]))]
    asked = [("ask", phrase) for phrase in programme.ask]
    gives = "、".join(dict.fromkeys(benefit.label for benefit in programme.benefits))
    about = [programme.summary, ";".join(programme.who), f"{programme.name}:{gives}" if gives else ""]
    return named + asked + [("about", text) for text in about]


def _of_unit(unit: Unit) -> list[tuple[str, str]]:
    named = [("name", "、".join([unit.name, *unit.sections]))]
    asked = [("ask", phrase) for phrase in unit.ask]
    groups = [unit.duties[start : start + _DUTIES_A_PASSAGE] for start in range(0, len(unit.duties), _DUTIES_A_PASSAGE)]
    return named + asked + [("about", f"{unit.name}:{'、'.join(group)}") for group in groups]


class CountySearch:
    """The county's records, ready to be asked. Safe to use from several threads."""

    def __init__(
        self,
        nodes: Sequence[Node],
        index: PassageIndex,
        embedder: Embedder,
        bm25: Bm25,
        names: dict[str, list[str]],
        statuses: Sequence[str],
        ranker: Ranker | None,
    ) -> None:
        """`names`: the names and aliases of each programme. `statuses`: the programmes that are a recognised status.

        `ranker` None: still to be fitted (see `fit_ranker`).
        """
        self._nodes = list(nodes)
        self._index = index
        self._embedder = embedder
        self._bm25 = bm25
        records = list(dict.fromkeys(node.record for node in nodes))
        self._place = {record: place for place, record in enumerate(records)}
        self._records = records
        kinds = {node.record: node.kind for node in nodes}
        self._kinds = [kinds[record] for record in records]
        owners = np.array([self._place[node.record] for node in nodes], np.int64)
        self._starts = np.searchsorted(owners, np.arange(len(records)))
        self._owners = owners
        self._plain = np.array([node.role != "ask" for node in nodes])
        self._names = [[fold(name) for name in names.get(record, []) if len(name) > 1] for record in records]
        self._statuses = _status_pattern(names, statuses)
        self.ranker = ranker
        # One turn asks for the same text several times: the borders of intents, the agent, what is known elsewhere.
        self._remembered = lru_cache(maxsize=1024)(self._search_programmes)

    @cached_property
    def _choices(self) -> NDArray[np.int64]:
        """Places of what a question about welfare may mean: programmes, and what is asked for as if it were one."""
        return np.array([place for place, kind in enumerate(self._kinds) if kind in _CHOICES], np.int64)

    def search_programmes(self, text: str, k: int = 5) -> Found:
        """Programmes that `text` may mean, with calibrated probabilities, and whether it means none of them."""
        found = self._remembered(text)
        return replace(found, hits=found.hits[:k])

    def _search_programmes(self, text: str) -> Found:
        if not text.strip() or not len(self._choices):
            return Found([], True)
        none = self._fitted.none - (0.0 if _CHINESE.search(text) else _FOREIGN)
        shares, none = self._fitted.shares(self._logits(text)[self._choices], none)
        order = self._choices[np.argsort(-shares, kind="stable")]
        share = dict(zip(self._choices.tolist(), shares.tolist(), strict=True))
        programmes = [place for place in order.tolist() if self._kinds[place] == "programme"][:_MOST]
        hits = [Hit(self._records[place], share[place], "programme") for place in programmes]
        first = int(order[0])
        if self._kinds[first] != "programme":
            return Found(hits, abstain=True, elsewhere=self._records[first] if none <= _NONE else None)
        return Found(hits, abstain=none > _NONE)

    def _logits(self, text: str) -> NDArray[np.float64]:
        """Log-odds of every record: the mean over the text as it is and without the statuses named in passing."""
        texts = [text]
        if rest := self._without_status(text):
            texts.append(rest)
        questions = embed_questions(self._embedder, texts)
        readings = [self._fitted.logits(self._features(question)) for question in questions]
        return np.asarray(np.mean(readings, axis=0), np.float64)

    def _without_status(self, text: str) -> str:
        """`text` without the words by which a speaker says who they are (我是低收…); "" when nothing else is left.

        拿殘障手冊 健保費會減多少 is about the premium, 殘障手冊去哪辦 about the certificate itself: both readings count.
        """
        said = fold(text)
        rest = self._statuses.sub(" ", said) if self._statuses else said
        return rest.strip() if rest != said and len(_SUBJECTLESS.sub("", rest)) >= _LEAST_SUBJECT else ""

    def find_programmes(self, text: str, k: int = 5) -> list[Hit]:
        """As `search_programmes`; [] when it abstains."""
        found = self.search_programmes(text, k)
        return [] if found.abstain else found.hits

    def near(self, text: str, k: int = 3) -> list[Hit]:
        """The programmes that resemble `text` most, even where none is likely to be meant: to offer, not to answer."""
        return self.search_programmes(text, k).hits

    def elsewhere(self, text: str) -> str | None:
        """The id of what `text` asks for when that is no programme of ours but is known (County.elsewhere)."""
        return self.search_programmes(text, 1).elsewhere

    def search(self, text: str, k: int = 10) -> list[Hit]:
        """Records of every kind, best first, with probabilities over all of them. [] when nothing fits."""
        return self.search_many([text], k)[0]

    def search_many(self, texts: Sequence[str], k: int = 10) -> list[list[Hit]]:
        """`search` for several questions."""
        return [self._search(text, k) for text in texts]

    def _search(self, text: str, k: int) -> list[Hit]:
        if not text.strip() or not self._records:
            return []
        logits = self._logits(text) - np.array([_RARELY_ARTICLE if kind == "article" else 0.0 for kind in self._kinds])
        if float(logits.max()) < self._fitted.none - 2.0:  # "none" at least e² times as likely as the best
            return []
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        order = np.argsort(-shares, kind="stable")[:k]
        return [Hit(self._records[place], float(shares[place]), self._kinds[place]) for place in order]

    @property
    def _fitted(self) -> Ranker:
        if self.ranker is None:
            raise RuntimeError("the ranker has not been fitted")
        return self.ranker

    def _features(self, question: Question, hidden: int | None = None) -> Features:
        """(records, features) for a question; `hidden`: a passage that is not looked at."""
        dense = self._index.dense(question)
        late = self._index.late(question, dense)
        lexical = np.sqrt(self._bm25.scores(question.text))
        if hidden is not None:
            dense, late = dense.copy(), late.copy()
            dense[hidden], late[hidden], lexical[hidden] = dense.min(), late.min(), 0.0
        plain_late = np.where(self._plain, late, late.min())
        plain_lexical = np.where(self._plain, lexical, 0.0)
        said = fold(question.text)
        strongest = max(float(lexical.max()), 1e-9)
        out = np.empty((len(self._records), _FEATURES))
        out[:, 0] = self._best(late)
        out[:, 1] = self._best(dense)
        out[:, 2] = self._best(lexical)
        out[:, 3] = self._best(lexical) / strongest
        out[:, 4] = self._best(plain_late)
        out[:, 5] = self._best(plain_lexical) / strongest
        out[:, 6] = [_named(said, names) for names in self._names]
        # Several passages that fit say more than one.
        out[:, 7] = np.log(np.add.reduceat(np.exp((dense - dense.max()) * 40), self._starts) + 1e-6)
        return out

    def _best(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.maximum.reduceat(scores, self._starts), np.float64)

    def fit_ranker(self, off_topic: Sequence[str]) -> Ranker:
        """Fit on the programmes' ask phrases, each with its own passage hidden, and on what no programme answers."""
        answered: list[tuple[int, Node]] = []
        for record in dict.fromkeys(node.record for node in self._nodes if node.kind in _CHOICES):
            own = [(n, node) for n, node in enumerate(self._nodes) if node.record == record and node.role == "ask"]
            answered += own[:: max(len(own) // _FITTED_ON, 1)]
        elsewhere = [
            (place, node) for place, node in enumerate(self._nodes) if node.kind == "unit" and node.role == "ask"
        ]
        texts = [node.text for _, node in answered] + [node.text for _, node in elsewhere] + list(off_topic)
        hidden: list[int | None] = [place for place, _ in answered + elsewhere]
        hidden += [None] * len(off_topic)
        column = {int(place): number for number, place in enumerate(self._choices)}
        examples: list[tuple[Features, int | None]] = []
        for number, question in enumerate(embed_questions(self._embedder, texts)):
            features = self._features(question, hidden[number])[self._choices]
            right = column[self._place[answered[number][1].record]] if number < len(answered) else None
            examples.append((features, right))
        self.ranker = fit(examples, _START)
        return self.ranker


def _status_pattern(names: dict[str, list[str]], statuses: Sequence[str]) -> re.Pattern[str] | None:
    """The names of statuses, where no longer name of another programme begins with them (中低收入老人生活津貼)."""
    own = {fold(name) for record in statuses for name in names.get(record, []) if len(name) > 1}
    others = {fold(name) for record in names if record not in statuses for name in names[record]}
    if not own:
        return None

    def alone(name: str) -> str:
        longer = {other[len(name) :] for other in others if other.startswith(name) and len(other) > len(name)}
        ahead = "".join(f"(?!{re.escape(tail)})" for tail in sorted(longer))
        return re.escape(name) + ahead

    return re.compile(_I_AM + "(?:" + "|".join(alone(name) for name in sorted(own, key=len, reverse=True)) + ")" + _WHO)


def _named(said: str, names: Sequence[str]) -> float:
    """How much of a name stands in the question, 0..1: a long name counts fully, a short one little."""
    longest = max((len(name) for name in names if name in said), default=0)
    return min(longest, _ALIAS_FULL) / _ALIAS_FULL
