"""Personal data is found wherever people write it, and what belongs to an office is left alone."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy import find, make_test_id, mask, valid_id
from core.telemetry import scrub

RNG = random.Random(1)
ID = make_test_id(RNG)
RESIDENT = make_test_id(RNG, resident=True)
WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})


@given(st.integers(), st.booleans())
def test_made_numbers_are_valid_and_one_changed_digit_is_not(seed: int, resident: bool) -> None:
    number = make_test_id(random.Random(seed), resident=resident)
    assert valid_id(number)
    changed = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not valid_id(changed)


@pytest.mark.parametrize(
    "text",
    [
        f"我的身分證是{ID}謝謝",
        f"身分證{ID.lower()}",
        f"{ID[:1]} {ID[1:4]} {ID[4:]}",
        f"{ID[:4]}-{ID[4:]}號",
        ID.translate(WIDE),
        f"居留證{RESIDENT}",
    ],
)
def test_id_numbers_are_found_beside_chinese_in_full_width_and_with_separators(text: str) -> None:
    spans = [s for s in find(text) if s.kind == "id"]
    assert len(spans) == 1
    assert valid_id(spans[0].value)
    assert ID[2:6] not in mask(text).replace(" ", "").replace("-", "")
    assert "[身分證號]" in mask(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("打0912345678給我", "mobile"),
        ("手機：０９１２－３４５－６７８", "mobile"),
        ("+886 912 345 678", "mobile"),
        ("家裡03-5123456轉12", "phone"),
        ("(03)512-3456", "phone"),
        ("寄到 some.one@example.com.tw 好嗎", "email"),
        ("住新竹縣竹東鎮長春路三段123巷4弄5號6樓", "address"),
        ("帳號012-345678901234", "account"),
    ],
)
def test_other_personal_data_is_found(text: str, kind: str) -> None:
    assert [s.kind for s in find(text)] == [kind]


@pytest.mark.parametrize(
    "text", ["請撥 1966 或 03-5518101", "縣外請撥 03-5518128", "11,850 元", "民國115年11月23日", "113 保護專線"]
)
def test_public_numbers_and_figures_are_left_alone(text: str) -> None:
    assert mask(text) == text


@given(st.text(max_size=80))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(st.text(alphabet="我的是A12 -，0９", max_size=40))
def test_offsets_point_into_the_text_as_given(text: str) -> None:
    for span in find(text):
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize(
    "secret",
    [
        "Bearer abcdefghijklmnop",
        "123456789:AAabcdefghijklmnopqrstuvwxyz0123456789",
        "api_key=sk-abcdefghijklmnop",
        '"token": "s3cr3tvalue"',
    ],
)
def test_tokens_do_not_reach_the_log(secret: str) -> None:
    assert secret.split()[-1].strip('"') not in scrub(f"failed with {secret} at host")
