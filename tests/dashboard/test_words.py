"""Both catalogues are complete, every key that code asks for exists, and no key is there for nobody."""

from __future__ import annotations

import re
import string
from collections import Counter
from pathlib import Path

import pytest

from layouts.words import Language, load_catalogues

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = load_catalogues()
CODE = [
    *(ROOT / "layouts").rglob("*.py"),
    *(ROOT / "dashboard").rglob("*.py"),
    *(ROOT / "reports").rglob("*.py"),
    *(ROOT / "dashboard").rglob("*.html"),
    *(ROOT / "dashboard" / "assets").rglob("*.js"),
]
TEXT = "\n".join(file.read_text(encoding="utf-8") for file in CODE)
# Keys put together from a value: words(f"metric.{measure}"), words.named("feed", name), words.under("grid").
FAMILIES = frozenset(
    re.findall(r'f"([a-z_]+)\.\{', TEXT)
    + re.findall(r"named\(\s*[\"']([a-z_]+)[\"']", TEXT)
    + re.findall(r'under\("([a-z_]+)"\)', TEXT)
)
ENDINGS = tuple(re.findall(r'f"\{name\}(\.[a-z_]+)"', TEXT))
# Alerts name their labels, and a label's value may have a text of its own.
FAMILIES_OF_LABELS = frozenset({"area", "feed", "invariant"})


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", list(Language))
def test_no_key_stands_twice(language: Language) -> None:
    """The reader would take the first of them, and say nothing of the other."""
    text = (ROOT / "layouts" / "locale" / f"{language}.po").read_text(encoding="utf-8")
    keys = re.findall(r'^msgid "(.+)"$', text, re.MULTILINE)
    assert [key for key, times in Counter(keys).items() if times > 1] == []


def test_both_languages_have_the_same_keys() -> None:
    vi, en = (set(CATALOGUES[language].texts) for language in Language)
    assert vi == en
    assert len(vi) > 200


@pytest.mark.parametrize("language", list(Language))
def test_no_text_is_empty(language: Language) -> None:
    assert not [key for key, text in CATALOGUES[language].texts.items() if not text.strip()]


def test_both_languages_take_the_same_values() -> None:
    vi, en = (CATALOGUES[language].texts for language in Language)
    assert not [key for key in vi if fields(vi[key]) != fields(en[key])]


def test_every_key_asked_for_exists() -> None:
    asked = set(re.findall(r'(?<!\w)words\(\s*"([a-z0-9_.]+)"', TEXT))
    asked |= {f"js.{key}" for key in re.findall(r'\.say\("([a-z_]+)"', TEXT)}
    assert len(asked) > 80
    assert not asked - set(CATALOGUES[Language.VI].texts)


def test_no_key_is_there_for_nobody() -> None:
    literal = set(re.findall(r"""["']([a-z0-9_]+(?:\.[a-zA-Z0-9_]+)*)["']""", TEXT))
    literal |= {f"js.{key}" for key in re.findall(r'say\([`"](?:\$\{family\})?([a-z_]+)', TEXT)}
    unused = [
        key
        for key in CATALOGUES[Language.VI].texts
        if key not in literal
        and key.split(".")[0] not in FAMILIES | FAMILIES_OF_LABELS
        and not key.startswith("js.ago_")
        and not key.endswith((*ENDINGS, ".one"))
    ]
    assert not unused


def test_the_words_are_the_glossary_s() -> None:
    """Always "vắc xin"; never "cơ số"; "hạn dùng", not "hạn sử dụng"."""
    text = "\n".join(CATALOGUES[Language.VI].texts.values()).lower()
    for wrong in ("vắc-xin", "vaccine", "vacxin", "cơ số", "hạn sử dụng"):
        assert wrong not in text
