"""The page for everyone: headline, targets, rule. Text without a script; every count is one of the publication's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from campaign.coverage import Coverage, Measure, Target
from campaign.publication import EVERYONE, Publication
from layouts import format as fmt
from layouts.markup import Content, Markup, document, el
from layouts.public_tables import COUNTED, ages, denominator_of, figure_text, name_of, provinces
from layouts.words import Language, Words

ADDRESS = "/public"
JSON_ADDRESS = "/public.json"
OPEN_ADDRESS = "/du-lieu-mo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a drawing needs besides the figures. `build` is in the address of the style sheet; `hour` is local."""

    words: Words
    zone: ZoneInfo
    hour: int
    build: str


def public_page(publication: Publication, setting: Setting) -> Markup:
    words = setting.words
    main = [
        _title(publication, setting),
        _notices(publication, words),
        el("div", _counts(publication, words), _targets(publication, words), class_="tiles"),
        _rule(publication, setting),
        _section("public.provinces", provinces(publication, words), words, note=denominator_of(publication, words)),
    ]
    if publication.bands and EVERYONE not in publication.bands:
        main.append(_section("public.ages", ages(publication, words), words, note=words("public.ages_note")))
    return page(main, setting, address=ADDRESS, title=words("public.title"))


def waiting_page(setting: Setting) -> Markup:
    """Before anything was published."""
    words = setting.words
    main = [el("h1", words("public.waiting")), el("p", words("public.waiting_text"), class_="note")]
    return page(main, setting, address=ADDRESS, title=words("public.title"))


def page(main: Sequence[Content], setting: Setting, *, address: str, title: str) -> Markup:
    """The frame of a page for everyone. address: its own, without the language."""
    words = setting.words
    other = Language.EN if words.language is Language.VI else Language.VI
    assets = f"?m={setting.build}"
    head = [
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", f"{title} – {words('shell.title')}"),
        el("link", rel="icon", type="image/svg+xml", href=f"/assets/favicon.svg{assets}"),
        el("link", rel="stylesheet", href=f"/assets/first/public.css{assets}"),
    ]
    header = el(
        "header",
        el("span", words("shell.title"), class_="brand"),
        el(
            "nav",
            el("a", words("public.title"), href=f"{ADDRESS}?lang={words.language}") if address != ADDRESS else None,
            el("a", words("open.title"), href=f"{OPEN_ADDRESS}?lang={words.language}") if address == ADDRESS else None,
            el("a", words("public.json"), href=JSON_ADDRESS) if address == ADDRESS else None,
            el("a", words("public.language"), href=f"{address}?lang={other}", lang=other, hreflang=other),
            aria_label=words("nav.label"),
        ),
    )
    return document(words.language, head, [header, el("main", main)])


def _title(publication: Publication, setting: Setting) -> Content:
    words, about = setting.words, publication.about
    return [
        el("p", words("public.title"), class_="eyebrow"),
        el("h1", words.pick(about.title_vi, about.title_en)),
        facts_of(publication, setting),
        el("p", words("public.daily", hour=setting.hour), class_="note"),
    ]


def facts_of(publication: Publication, setting: Setting) -> Markup:
    """Of when the figures are, and of which snapshot: a line, or on a phone a line each without what parts them."""
    words, about = setting.words, publication.about
    told = (
        words("public.facts", as_of=fmt.as_of(about.as_of, words, setting.zone)),
        words("public.facts_snapshot", snapshot=about.snapshot),
        words("public.facts_made", published=fmt.instant(about.published_at, words, setting.zone)),
    )
    first, *others = (el("span", text, class_="fact") for text in told)
    marks = (el("span", mark, class_="parts") for mark in (" · ", ", "))
    return el("p", first, [[mark, fact] for mark, fact in zip(marks, others, strict=True)], class_="facts")


def _notices(publication: Publication, words: Words) -> Content:
    about = publication.about
    ratio = fmt.whole(about.one_in, words.language)
    note = words.pick(about.note_vi, about.note_en)
    return [
        el("p", el("b", words("demo.title", one_in=ratio)), " ", words("demo.text", one_in=ratio), class_="notice")
        if about.is_demo
        else None,
        el("p", note, class_="notice") if note else None,
    ]


def _counts(publication: Publication, words: Words) -> Content:
    """Doses, and people of every age with at least one dose and with a full series."""
    bands = publication.bands
    figures = [
        ("doses", "injections", publication.doses()),
        ("dose1_people", "people", publication.people(Measure.DOSE1, bands)),
        ("full_people", "people", publication.people(Measure.FULL, bands)),
    ]
    items = [
        el(
            "div",
            el("dt", words(f"tile.{name}")),
            el(
                "dd",
                figure_text(figure, words.language),
                el("span", f" {words(f'unit.{unit}')}", class_="unit"),
                class_="big",
            ),
        )
        for name, unit, figure in figures
        if figure is not None
    ]
    return el("section", el("h2", words("table.nation")), el("dl", items), class_="tile")


def _targets(publication: Publication, words: Words) -> Content:
    by_group = groupby(publication.targets, key=lambda target: target.population_group)
    return [_target(publication, target, words) for _, targets in by_group for target in targets]


def _target(publication: Publication, target: Target, words: Words) -> Content:
    language = words.language
    readings = [(measure, publication.national(target.population_group, measure)) for measure in COUNTED]
    known = [(measure, reading) for measure, reading in readings if reading is not None]
    if not known:
        return None
    names = {area.code: name_of(area, words) for area in publication.areas}
    missing = [names[code] for code in known[0][1][1]]
    goal = words("tile.goal", share=fmt.share(target.ratio, language), day=fmt.day(target.due_on, language))
    return el(
        "section",
        el("h2", words.named("group_long", target.population_group.value)),
        el("p", goal, class_="goal"),
        [_reading(measure, coverage, target, words) for measure, (coverage, _) in known],
        el("p", denominator_of(publication, words), class_="note"),
        el("p", words("tile.missing", areas=", ".join(missing)), class_="note") if missing else None,
        class_="tile",
    )


def _reading(measure: Measure, coverage: Coverage, target: Target, words: Words) -> Content:
    ratio = coverage.ratio or 0.0
    met = coverage.ratio is not None and coverage.ratio >= target.ratio
    return el(
        "div",
        el("span", words(f"metric.{measure}"), class_="reading-name"),
        el("b", fmt.percent(coverage, words.language)),
        _bar(ratio, target.ratio, measure),
        el("span", words("tile.people", fraction=fmt.fraction(coverage, words.language)), class_="of"),
        el("span", words("verdict.met"), class_="met") if met else None,
        class_="reading",
    )


def _bar(ratio: float, aim: float, measure: Measure) -> Markup:
    """The numbers are beside it; it grows past the target's mark, and its scale past 100 % where that is exceeded."""
    whole = max(1.0, ratio)
    mark = f"{aim / whole:.2%}"
    return el(
        "svg",
        el("rect", width=f"{ratio / whole:.2%}", height="100%", class_=f"bar-{measure}"),
        el("line", x1=mark, x2=mark, y1="0", y2="100%", class_="aim"),
        class_="bar",
        aria_hidden="true",
    )


def _rule(publication: Publication, setting: Setting) -> Content:
    words, step = setting.words, publication.step
    texts = [
        words("public.rule_step", step=step, example=fmt.whole(12_340, words.language)),
        words("public.rule_sum", most=step - 1),
        words("public.rule_cells"),
        words("public.rule_daily", hour=setting.hour),
        words("public.rule_place"),
    ]
    return el("section", el("h2", words("public.rule")), el("ul", [el("li", text) for text in texts]), class_="rule")


def _section(key: str, table: Content, words: Words, *, note: str) -> Content:
    scroll = el("div", table, class_="scroll", tabindex=0, role="region", aria_label=words(key))
    sideways = el("p", words("public.sideways"), class_="note sideways")
    return el("section", el("h2", words(key)), el("p", note, class_="note"), sideways, scroll, class_="sheet")
