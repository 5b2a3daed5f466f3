"""The classes of the map: fixed breaks, so that one value has one colour on every date and in every figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import copysign, floor, trunc

from campaign.coverage import Coverage, Measure, PopulationGroup, Target, band
from campaign.map_metrics import COUNTED, NEEDS, SHARES, Kind, Metric, NeedEdges, kind_of, metric_value
from campaign.readings import AreaRow
from layouts import format as fmt
from layouts.theme import NAMED, PALETTES, THEMES, Palette, ramp
from layouts.view import View
from layouts.words import Words

Breaks = Mapping[Kind, tuple[float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What the map colours and by which classes. `breaks` are the lower edges of the classes above the first; `over`
    says that the last class is "more than everyone"."""

    metric: Metric
    group: PopulationGroup
    breaks: tuple[float, ...]
    over: bool
    targets: tuple[Target, ...] = ()
    need: NeedEdges | None = None
    # By identity of a row, which is kept beside its value: map, legend, table and both ends ask for the same ones.
    _known: dict[int, tuple[AreaRow, float | int | None]] = field(
        default_factory=dict[int, "tuple[AreaRow, float | int | None]"], init=False, repr=False, compare=False
    )

    @property
    def kind(self) -> Kind:
        return kind_of(self.metric, self.group)

    def class_of(self, value: float) -> int:
        return band(value, self.breaks)

    def colours(self, palette: Palette) -> tuple[str, ...]:
        """One colour a class, from low to high; of the open theme a name a class (`colours_by_theme`)."""
        if palette is NAMED:
            return tuple(f"@class-{place}" for place in range(len(self.colours(PALETTES[THEMES[0]]))))
        if self.kind is Kind.NEED:
            return palette.need
        if self.over:
            return (*ramp(palette.ramp, len(self.breaks)), palette.over)
        return ramp((*palette.ramp, palette.over), len(self.breaks) + 1)

    def colours_by_theme(self) -> dict[str, tuple[str, ...]]:
        """What the names of an open theme stand for, in this scale."""
        return {theme.value: self.colours(PALETTES[theme]) for theme in THEMES}

    def value_of(self, row: AreaRow) -> float | int | None:
        """What the map colours; None is drawn as "no figure"."""
        known = self._known.get(id(row))
        if known is None:
            value = metric_value(row, self.metric, self.group, self.targets, self.need)
            known = self._known[id(row)] = (row, value)
        return known[1]


def scale_of(
    view: View,
    breaks: Breaks,
    *,
    one_in: int = 1,
    targets: tuple[Target, ...] = (),
    need: NeedEdges | None = None,
) -> Scale:
    """Breaks of counts are those of everybody: a sample of one person in `one_in` is held to as much smaller ones."""
    kind = kind_of(view.metric, view.group)
    edges = breaks[kind]
    if kind in COUNTED:
        edges = tuple(edge / one_in for edge in edges)
    over = kind is Kind.RATIO and bool(edges) and edges[-1] >= 1.0
    return Scale(metric=view.metric, group=view.group, breaks=edges, over=over, targets=targets, need=need)


def coverage_of(row: AreaRow, group: PopulationGroup, measure: Measure) -> Coverage | None:
    return row.coverage.get((group, measure))


def value_text(row: AreaRow, scale: Scale, words: Words) -> str:
    """The value as map, card and table write it. Shares and points are rounded down: nothing is reached too early."""
    if scale.kind is Kind.RATIO:
        return fmt.percent(coverage_of(row, scale.group, SHARES[scale.metric]), words.language)
    return number_text(scale.value_of(row), scale.kind, words)


def in_unit(text: str, kind: Kind, words: Words) -> str:
    """A value as it is said where no head tells its unit; shares bring theirs along."""
    if kind in (Kind.RATIO, Kind.USAGE, Kind.NEED):
        return text
    return words(f"value_unit.{kind}", value=text)


def number_text(value: float | int | None, kind: Kind, words: Words) -> str:
    """A value that is no share."""
    if value is None:
        return fmt.UNKNOWN
    if kind is Kind.POINTS:
        return points(value, words)
    if kind is Kind.NEED:
        return words(f"need.{NEEDS[int(value)]}")
    if kind in (Kind.PEOPLE, Kind.LEFT):
        return fmt.whole(int(value), words.language)
    if kind in (Kind.COVER, Kind.USAGE):
        times, unit = (10, "") if kind is Kind.COVER else (1000, "%")
        return fmt.decimal(floor(value * times + 1e-6) / 10, words.language) + unit
    return fmt.decimal(value, words.language)


def points(value: float, words: Words) -> str:
    """ "−12,4" or "+3,0": percentage points with their sign, rounded down."""
    tenths = floor(value * 10 + 1e-6)
    text = fmt.decimal(abs(tenths) / 10, words.language)
    return f"−{text}" if tenths < 0 else f"+{text}"


def apart(value: float, words: Words) -> str:
    """ "−40,7": how far one share is from another, cut off towards none, so that neither sign makes more of it."""
    cut = trunc(value * 10 + copysign(1e-6, value)) / 10
    return points(cut, words)


def class_labels(scale: Scale, words: Words) -> tuple[str, ...]:
    """ "dưới 50%", "50 – 70%", …, "từ 100% trở lên"."""
    if scale.kind is Kind.NEED:
        return tuple(words(f"need.{need}") for need in NEEDS)
    edges = [_edge(value, scale.kind, words) for value in scale.breaks]
    # A dash between two minuses is none.
    between = "legend.from_to" if scale.kind is Kind.POINTS else "legend.between"
    middle = [words(between, low=low.removesuffix("%"), high=high) for low, high in pairwise(edges)]
    return (words("legend.below", value=edges[0]), *middle, words("legend.above", value=edges[-1]))


def _edge(value: float, kind: Kind, words: Words) -> str:
    if kind in (Kind.RATIO, Kind.USAGE):
        return fmt.share(value, words.language)
    if kind is Kind.POINTS:
        return f"{value:+.10g}".replace("-", "−") if value else "0"
    return fmt.decimal(value, words.language, digits=0 if value == int(value) else 1)


def counts(rows: Iterable[AreaRow], scale: Scale) -> Counter[int | None]:
    """How many areas fall in each class; None counts those without a figure."""
    values = [scale.value_of(row) for row in rows]
    return Counter(None if value is None else scale.class_of(value) for value in values)
