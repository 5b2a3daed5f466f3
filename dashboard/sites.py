"""The page about sites: of the nation or one province, in one answer. Lists hold what the reader's scope covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from campaign.access import Scope
from campaign.people_places import APART
from campaign.ranks import RankRow
from campaign.sites import Judged, SiteBoard, by_hour, counts, flagged, judge_all, silent_first
from dashboard.seen import Seen
from dashboard.trust import area_names
from dashboard.views import Studio
from layouts.sites_cards import body, not_told, rank_card
from layouts.sites_lists import FLAGGED, RANKS, SILENT, Column, ListRow, flagged_list, rank_list, silent_list
from layouts.sites_model import SitePage
from layouts.sites_page import area_choice
from layouts.view import View
from layouts.words import Words
from warehouse import reads_sites

FILES = ("activity", "silent", "pace", "hours", "ranks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What page and files are made from. judged: every site of the place; listed: of them those that the reader may see
    one by one."""

    board: SiteBoard
    judged: tuple[Judged, ...]
    listed: tuple[Judged, ...]
    ranks: tuple[RankRow, ...]
    names: Mapping[str, str]


def told(studio: Studio, version: int, view: View, scope: Scope) -> Told:
    """Raises OutsideScope for an area that is not covered."""
    seen = Seen(studio.readings, scope)
    seen.check(view.area)
    board = studio.readings.site_board(version, studio.zone)
    own = [site for site in board.sites if view.area in ("", site.area_code)]
    judged = judge_all(own, board.now, studio.site_rules)
    words = studio.catalogues[view.language]
    return Told(
        board=board,
        judged=judged,
        listed=tuple(item for item in judged if scope.covers(item.site.area_code)),
        ranks=ranked(studio, version, view, scope),
        names=area_names(studio.readings, version, view, words),
    )


def ranked(studio: Studio, version: int, view: View, scope: Scope) -> tuple[RankRow, ...]:
    """The provinces of the scope, without the sites."""
    areas = Seen(studio.readings, scope).board(version, view.denominator).areas
    usage = studio.readings.allocation(version, zone=studio.zone, rules=studio.stock).usage
    return tuple(reads_sites.ranks(studio.readings.snapshots, version, areas, usage=usage, rules=studio.causes))


def sites(studio: Studio, version: int, view: View, scope: Scope) -> dict[str, Any]:
    """Everything of one place. Raises OutsideScope."""
    found = told(studio, version, view, scope)
    words = studio.catalogues[view.language]
    page = _page(studio, version, view, scope, found, words)
    visible = {code: name for code, name in found.names.items() if code not in APART and scope.covers(code)}
    plans = found.board.told
    return {
        "version": version,
        "chosen": view.area,
        "place": area_choice(visible, words),
        "body": body(page) if plans else not_told(words, rank_card(page)),
        "lists": {
            "silent": _list(silent_list(page) if plans else [], SILENT, len(page.silent), words),
            "pace": _list(flagged_list(page) if plans else [], FLAGGED, len(page.flagged), words),
            "ranks": _list(rank_list(page), RANKS, len(page.ranks), words),
        },
    }


def _list(rows: Sequence[ListRow], columns: Sequence[Column], total: int, words: Words) -> dict[str, Any]:
    """`total`: of which the rows are the first."""
    return {
        "rows": rows,
        "total": total,
        "columns": [[item.name, words(f"sites_column.{item.name}"), int(item.number)] for item in columns],
    }


def _page(studio: Studio, version: int, view: View, scope: Scope, found: Told, words: Words) -> SitePage:
    hours = [item for item in found.board.hours if view.area in ("", item.area_code)]
    return SitePage(
        area=view.area,
        name=found.names[view.area] if view.area else words("table.nation"),
        now=found.board.now,
        part=not scope.nationwide,
        one_in=studio.readings.info(version).one_in,
        rules=studio.site_rules,
        counts=counts(found.judged),
        silent=silent_first(found.listed),
        flagged=flagged(found.listed),
        hours=by_hour([item.site for item in found.judged], hours, found.board.now, studio.site_rules),
        ranks=found.ranks,
        names=found.names,
        districts=studio.gazetteer.districts,
        sites=studio.gazetteer.sites,
        files={name: _file(version, view, scope, name) for name in FILES},
        most=studio.site_rows,
        places=studio.rank_places,
        words=words,
    )


def _file(version: int, view: View, scope: Scope, name: str) -> str:
    chosen = {"area": view.area, "denominator": view.denominator, "lang": view.language.value}
    query = urlencode({key: value for key, value in chosen.items() if value})
    return f"/snap/{version}/{scope.key}/diem-tiem/{name}.csv?{query}"
