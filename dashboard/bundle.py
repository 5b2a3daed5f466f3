"""Several views of one snapshot in one answer: what a page shows of a new version, or of a changed filter.

Each part is drawn and kept as it is when it is asked for alone; a bundle is written from those, so that no part can say
anything else in company. A request costs as much as a drawing, and a page has four parts and more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from campaign.coverage import PopulationGroup
from dashboard.params import BadParameter
from layouts.view import Clock, Metric, Size, Theme, View

# In the order in which they are written. Everybody who may see one of them may see all (dashboard/door/table.py).
PARTS = ("coverage", "nation", "area", "place", "compare", "frame")
# Those of which is known what they do not depend on: each of these, and what stands above the map, which takes as long
# to read as all others together, so that it comes when they are drawn.
SHARED = (*PARTS, "first")
# The parameter that names them, with commas between.
NAMES = "parts"


def names_of(asked: str) -> tuple[str, ...]:
    """The parts that an address asks for, each once, in our order. Raises BadParameter."""
    wanted = set(asked.split(","))
    if not wanted <= set(PARTS):
        raise BadParameter(NAMES, asked, PARTS)
    return tuple(name for name in PARTS if name in wanted)


def own_view(name: str, view: View) -> View:
    """What a part depends on of all that the page shows; the rest takes its default, so that pages share the part."""
    if name in ("place", "compare"):
        return view
    alone = replace(view, district="", site="", other="", against=None)
    if name == "area":
        return replace(alone, metric=Metric.DOSE1)
    alone = replace(alone, area="")
    if name == "coverage":
        return replace(alone, clock=Clock.INJECTED)
    if name == "nation":
        return replace(alone, metric=Metric.DOSE1)
    # Neither has a day or areas, nor a figure; what stands above every page is words alone.
    return View(
        metric=Metric.DOSE1,
        group=PopulationGroup.ADULTS,
        denominator=view.denominator if name == "first" else "",
        language=view.language,
        theme=Theme.OPEN,
        size=Size.OPEN,
    )


def joined(parts: Mapping[str, bytes]) -> bytes:
    """One JSON object of parts that are written already."""
    return b"{" + b",".join(b'"%s":%s' % (name.encode(), body) for name, body in parts.items()) + b"}"
