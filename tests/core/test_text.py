"""The rules for texts, and their places where one rule meets another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todo_core.errors import InvalidInput
from todo_core.text import clean_description, clean_search, clean_title, is_blank, is_user_id

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


@pytest.mark.parametrize(
    "text", ["", " ", "\t\n", "\u00a0", "\u3000", "\u200b", "\u2060\ufeff", "\u00ad", "\u3164", "\u2800"]
)
def test_nothing_but_invisible_characters_is_blank(text: str) -> None:
    assert is_blank(text)
    with pytest.raises(InvalidInput) as refused:
        clean_title(text, 200)
    assert (refused.value.field, refused.value.reason) == ("title", "blank")
    assert clean_description(text, 1000) is None


@pytest.mark.parametrize("text", ["a", "é", "👩\u200d💻", "\u200ba", ".", "‎x", "한", "🇩🇪", "\U000e0020x"])
def test_a_visible_character_is_enough(text: str) -> None:
    assert clean_title(text, 200) == text


def test_outer_white_space_is_cut_and_the_rest_is_kept_exactly() -> None:
    assert clean_title("\u2003 \tBuy  milk\u200b \r\n", 200) == "Buy  milk\u200b"
    assert clean_description("\n\n  a\n\tb\r\n \n", 1000) == "a\n\tb"
    assert clean_title("e\u0301", 200) == "e\u0301"


def test_lengths_are_code_points_after_cutting() -> None:
    assert clean_title(" " + "🎅" * 200 + " ", 200) == "🎅" * 200
    with pytest.raises(InvalidInput) as refused:
        clean_title("🎅" * 201, 200)
    assert refused.value.reason == "too_long"
    assert "200" in refused.value.detail
    assert clean_description("x" * 1000, 1000)
    with pytest.raises(InvalidInput):
        clean_description("x" * 1001, 1000)


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x1b", "\x1c", "\x7f", "\x85", "\x9b"])
def test_control_characters_are_refused(character: str) -> None:
    for clean in (clean_title, clean_description):
        with pytest.raises(InvalidInput) as refused:
            clean(f"a{character}b", 200)
        assert refused.value.reason == "control_character"


def test_a_title_is_one_line_and_a_description_may_be_several() -> None:
    for character in "\n\t\r":
        with pytest.raises(InvalidInput):
            clean_title(f"a{character}b", 200)
    assert clean_description("a\r\nb\n\tc", 200) == "a\r\nb\n\tc"
    with pytest.raises(InvalidInput):
        clean_description("a\rb", 200)


@pytest.mark.parametrize("text", ["\ud800", "a\udfff", "\udc00\ud800"])
def test_lone_surrogates_are_refused(text: str) -> None:
    for clean in (clean_title, clean_description):
        with pytest.raises(InvalidInput) as refused:
            clean(text, 200)
        assert refused.value.reason == "not_unicode"


@given(ANY_TEXT)
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    """What is stored can be sent back: cleaning is idempotent, and what passes can be encoded."""
    for clean in (clean_title, clean_description):
        try:
            cleaned = clean(text, 200)
        except InvalidInput:
            continue
        if cleaned is not None:
            assert clean(cleaned, 200) == cleaned
            assert cleaned.encode()


def test_a_search_is_literal_and_bounded() -> None:
    assert clean_search("q", " % ") == " % "
    assert clean_search("q", "  ") is None
    for text in ("x" * 201, "\x00", "\ud800"):
        with pytest.raises(InvalidInput) as refused:
            clean_search("q", text)
        assert refused.value.field == "q"


@pytest.mark.parametrize("text", ["a", "o'Brien", "x" * 255, "ann@example.com", "Ä", "a/b", "a b"])
def test_a_user_id_is_nearly_any_text(text: str) -> None:
    assert is_user_id(text)


@pytest.mark.parametrize("text", ["", " ", " a", "a ", "\x00", "a\nb", "\ud800", "x" * 256, "\u200b", "a\u00a0"])
def test_what_nobody_could_tell_apart_is_no_user_id(text: str) -> None:
    assert not is_user_id(text)
