"""Words: two characters are enough to be found, and what shares nothing scores nothing."""

import numpy as np

from knowledge.lexical import Bm25, terms
from knowledge.text import fold


def test_variants_and_simplified_fold_to_one_form() -> None:
    assert fold("臺灣老人福利") == fold("台湾老人福利")
    assert fold("ＤＡ０１") == "da01"
    assert fold("裡") == fold("里")


def test_terms_are_pairs_and_characters_of_chinese_and_whole_words_of_latin() -> None:
    assert set(terms("DA01接送")) == {"da01", "接", "送", "接送"}
    assert terms("!?,。") == ()


def test_a_two_character_word_is_found_and_the_rest_scores_exactly_zero() -> None:
    scores = Bm25.of(["裝置假牙補助", "租金", "育兒津貼"]).scores("假牙")
    assert scores[0] > 0
    assert np.count_nonzero(scores) == 1


def test_a_question_without_known_words_scores_zero_everywhere() -> None:
    assert not Bm25.of(["假牙", "租金"]).scores("xyz 🙂").any()
    assert not Bm25.of(["", ""]).scores("假牙").any()


def test_coverage_is_full_for_a_quoted_text_and_low_for_other_words() -> None:
    index = Bm25.of(["老人裝置假牙補助", "租金補貼專案", "育兒津貼申請"])
    assert index.coverage("租金補貼", index.scores("租金補貼")) == 1.0
    assert index.coverage("房東漲價", index.scores("房東漲價")) < 0.3
    assert index.coverage("", index.scores("")) == 0.0
