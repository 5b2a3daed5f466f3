"""What may be asked for: one table of resources, from which routes, answers and the OpenAPI document are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaign.dhis2 import VALUE_FIELDS
from dashboard.api import columns as col
from dashboard.api import rows
from dashboard.api.rows import Asked, Filter, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """`make` raises OutsideScope, and BadParameter for what a snapshot has not. needs: filters that must be given.
    of_snapshot: False for what is about all of them. whole: instead of rows an answer of a form of its own, which
    `schema` tells."""

    name: str
    told: str
    columns: Sequence[col.Column]
    make: Callable[[Asked], Sequence[Row]]
    filters: tuple[Filter, ...] = ()
    needs: frozenset[Filter] = frozenset()
    of_snapshot: bool = True
    whole: Callable[[Asked], Mapping[str, Any]] | None = None
    schema: Mapping[str, Any] | None = None

    @property
    def id(self) -> str:
        """The name where no stroke may be in it."""
        return self.name.replace("/", "-")

    @property
    def is_paged(self) -> bool:
        return self.whole is None


DATA_VALUE_SET: Mapping[str, Any] = {
    "type": "object",
    "description": "As data/schemas/dhis2_data_value_set.schema.json has it, which is written from DHIS2's own guide.",
    "properties": {
        **{f"{name}IdScheme": {"const": "CODE"} for name in ("dataElement", "orgUnit", "categoryOptionCombo")},
        "dataValues": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in VALUE_FIELDS},
                "required": list(VALUE_FIELDS),
                "additionalProperties": False,
            },
        },
    },
    "required": ["dataValues"],
    "additionalProperties": False,
}
AREA, DENOMINATOR = Filter.AREA, Filter.DENOMINATOR
RESOURCES: Mapping[str, Resource] = {
    resource.name: resource
    for resource in (
        Resource(
            name="snapshots",
            told="The snapshots that are kept, the newest first; every other resource answers from one of them.",
            columns=col.SNAPSHOTS,
            make=rows.snapshots,
            of_snapshot=False,
        ),
        Resource(
            name="headline",
            told="The numbers of the tiles of the nation, or of the card of one area. Grain: number.",
            columns=col.HEADLINE,
            make=rows.headline,
            filters=(AREA,),
        ),
        Resource(
            name="targets",
            told="Where each target stands under every reading, of the nation or of one area. Grain: target x reading.",
            columns=col.TARGETS,
            make=rows.targets,
            filters=(AREA, DENOMINATOR),
        ),
        Resource(
            name="coverage",
            told="The table of provinces within the scope, then the nation. Grain: area.",
            columns=(col.AREA, col.NAME, *col.readings(), *col.COUNTS),
            make=rows.coverage,
            filters=(AREA, DENOMINATOR),
        ),
        Resource(
            name="provinces",
            told="The provinces of the scope by usage, with both ranks or why there is none. Grain: province.",
            columns=col.RANKS,
            make=rows.ranks,
            filters=(AREA, DENOMINATOR),
        ),
        Resource(
            name="days",
            told="Doses by day of injection and people by the day they reached a state, of the nation or one area. "
            "Grain: day.",
            columns=col.DAYS,
            make=rows.days,
            filters=(AREA, Filter.GROUP, Filter.SINCE, Filter.UNTIL),
        ),
        Resource(
            name="districts",
            told="The districts of one province. Grain: district.",
            columns=col.DISTRICTS,
            make=rows.districts,
            filters=(AREA, DENOMINATOR),
            needs=frozenset({AREA}),
        ),
        Resource(
            name="overdue",
            told="People whose next dose is due or overdue. Grain: area x product.",
            columns=col.OVERDUE,
            make=rows.overdue,
            filters=(AREA,),
        ),
        Resource(
            name="ages",
            told="People by age band, then adults and everyone. Grain: area x age band.",
            columns=col.AGES,
            make=rows.ages,
            filters=(AREA, DENOMINATOR),
        ),
        Resource(
            name="stock",
            told="Vaccine in stores of the areas of the scope. Grain: area x product.",
            columns=col.STOCK,
            make=rows.stock,
            filters=(AREA,),
        ),
        Resource(
            name="expiring-lots",
            told="Lots of which doses expire at the present pace, the most first. Grain: area x lot x day of thawing.",
            columns=col.LOTS,
            make=rows.lots,
            filters=(AREA,),
        ),
        Resource(
            name="dhis2/dataValueSets",
            told="One period of the areas of the scope as a DHIS2 data value set: doses by product, people by age "
            "group. Values are exact, small ones too: for systems of the health service, not for publication.",
            columns=(),
            make=lambda _asked: (),
            filters=(AREA, Filter.PERIOD),
            needs=frozenset({Filter.PERIOD}),
            whole=rows.exchange,
            schema=DATA_VALUE_SET,
        ),
    )
}
