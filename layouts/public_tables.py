"""The tables of the page for everyone: provinces, and ages. Every count is one of the publication's."""

from __future__ import annotations

from collections.abc import Sequence

from campaign.coverage import Coverage, Measure, PopulationGroup
from campaign.publication import NOT_PROVINCES, AreaCounts, Publication
from campaign.suppression import Figure
from geo.text import collation_key
from layouts import format as fmt
from layouts.markup import Content, Markup, el
from layouts.view import GROUPS
from layouts.words import Language, Words

COUNTED = (Measure.DOSE1, Measure.FULL)


def ordered(publication: Publication, words: Words) -> list[AreaCounts]:
    """Provinces in dictionary order of their names, then central units and people of unknown residence."""
    provinces = [area for area in publication.areas if area.code not in NOT_PROVINCES]
    apart = [area for area in publication.areas if area.code in NOT_PROVINCES]
    return [*sorted(provinces, key=lambda area: collation_key(name_of(area, words))), *apart]


def figure_text(figure: Figure | None, language: Language) -> str:
    """ "1.230"; "<10" where it is withheld; "–" where the source does not tell."""
    if figure is None:
        return fmt.UNKNOWN
    return f"<{fmt.whole(figure.less_than, language)}" if figure.withheld else fmt.whole(figure.at_least, language)


def denominator_of(publication: Publication, words: Words) -> str:
    return words("tile.denominator", name=words.named("denominator", publication.about.denominator))


def provinces(publication: Publication, words: Words) -> Content:
    """Share of people by group and area, and doses given there."""
    groups = [group for group in GROUPS if publication.bands_of(group)]
    over = [el("th", words.named("group_long", g.value), scope="colgroup", colspan=len(COUNTED)) for g in groups]
    under = [el("th", words(f"metric.{measure}"), scope="col") for _ in groups for measure in COUNTED]
    head = el(
        "thead",
        el("tr", _corner(words), over, el("th", words("table.doses"), scope="col", rowspan=2)),
        el("tr", under),
    )
    rows = [_province(publication, area, groups, words) for area in ordered(publication, words)]
    return el("table", head, el("tbody", rows), el("tfoot", _nation(publication, groups, words)))


def _corner(words: Words) -> Markup:
    return el("th", words("table.area"), scope="col", rowspan=2)


def _province(publication: Publication, area: AreaCounts, groups: Sequence[PopulationGroup], words: Words) -> Markup:
    cells = [
        _share(publication.people(measure, publication.bands_of(group), [area]), area.population.get(group), words)
        for group in groups
        for measure in COUNTED
    ]
    doses = el("td", figure_text(publication.doses([area]), words.language))
    return el("tr", el("th", name_of(area, words), scope="row"), cells, doses)


def _nation(publication: Publication, groups: Sequence[PopulationGroup], words: Words) -> Markup:
    readings = [publication.national(group, measure) for group in groups for measure in COUNTED]
    cells = [el("td", fmt.UNKNOWN) if reading is None else _ratio(reading[0], words) for reading in readings]
    doses = el("td", figure_text(publication.doses(), words.language))
    return el("tr", el("th", words("table.nation"), scope="row"), cells, doses)


def _share(figure: Figure | None, population: int | None, words: Words) -> Markup:
    """Percentage, then numerator over denominator; of a withheld numerator no percentage, and where no population is
    known the people alone."""
    if figure is None:
        return el("td", fmt.UNKNOWN)
    if not population:
        counted = f"{figure_text(figure, words.language)} {words('unit.people')}"
        return el("td", fmt.UNKNOWN, el("small", counted))
    if figure.withheld:
        of = f"{figure_text(figure, words.language)} / {fmt.whole(population, words.language)}"
        return el("td", fmt.UNKNOWN, el("small", of))
    return _ratio(Coverage(people=figure.at_least, population=population), words)


def _ratio(coverage: Coverage, words: Words) -> Markup:
    return el("td", fmt.percent(coverage, words.language), el("small", fmt.fraction(coverage, words.language)))


def ages(publication: Publication, words: Words) -> Content:
    """People by age band and residence."""
    bands = publication.bands
    over = [el("th", words.named("public_band", b), scope="colgroup", colspan=len(COUNTED)) for b in bands]
    under = [el("th", words(f"public_measure.{measure}"), scope="col") for _ in bands for measure in COUNTED]
    residents = [area for area in ordered(publication, words) if area.people]
    rows = [_age_row(name_of(area, words), publication, [area], words) for area in residents]
    total = _age_row(words("table.nation"), publication, residents, words)
    head = el("thead", el("tr", _corner(words), over), el("tr", under))
    return el("table", head, el("tbody", rows), el("tfoot", total), class_="ages")


def _age_row(name: str, publication: Publication, areas: Sequence[AreaCounts], words: Words) -> Markup:
    cells = [
        el("td", figure_text(publication.people(measure, [band], areas), words.language))
        for band in publication.bands
        for measure in COUNTED
    ]
    return el("tr", el("th", name, scope="row"), cells)


def name_of(area: AreaCounts, words: Words) -> str:
    return words.pick(area.name_vi, area.name_en)
