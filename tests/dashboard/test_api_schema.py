"""schemathesis against the running application: whatever it makes up by the document, and whatever it makes up against
it, is answered as the document says. Seeded and bounded: the same questions each time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode

from dashboard.api.resources import RESOURCES
from dashboard.api.rows import Filter
from tests.dashboard.conftest import VERSION, Site
from tests.support.readers import token_for

EXAMPLES = 20
# What no made-up text hits: then the rest of a question is made up around it.
KNOWN = {Filter.AREA: "79", Filter.PERIOD: "202111"}


@dataclass(frozen=True)
class Way:
    """known: with a snapshot, an area and a period that are there. meets: a status that these questions must meet,
    or they would show nothing."""

    mode: GenerationMode
    known: bool
    meets: int


WAYS = {
    "by the document": Way(GenerationMode.POSITIVE, known=False, meets=404),
    "by it and of what is there": Way(GenerationMode.POSITIVE, known=True, meets=200),
    "against the document": Way(GenerationMode.NEGATIVE, known=False, meets=400),
}
# Of all snapshots together: there is no name in its questions that might not be there.
NOTHING_UNKNOWN = [("snapshots", "by the document")]


@pytest.mark.parametrize(("name", "way"), [pair for pair in product(RESOURCES, WAYS) if pair not in NOTHING_UNKNOWN])
def test_nothing_is_answered_otherwise_than_the_document_says(site: Site, name: str, way: str) -> None:
    met = asked(site, document(site), name, WAYS[way])
    assert WAYS[way].meets in met, met


def test_a_document_that_says_otherwise_is_found_out(site: Site) -> None:
    """The tests above can fail: a column of another type, and a status that the document does not name."""
    known = WAYS["by it and of what is there"]
    told = document(site)
    told["components"]["schemas"]["coverage"]["properties"]["rows"]["items"]["properties"]["doses"]["type"] = "string"
    with pytest.raises(FailureGroup, match="is not of type"):
        asked(site, told, "coverage", known)
    told = document(site)
    del told["paths"]["/api/v1/coverage"]["get"]["responses"]["404"]
    with pytest.raises(FailureGroup, match="Undocumented status code"):
        asked(site, told, "coverage", WAYS["by the document"])


def document(site: Site) -> dict[str, Any]:
    return site.json("/api/v1/openapi.json")


def asked(site: Site, told: dict[str, Any], name: str, way: Way) -> Counter[int]:
    """How often each status was met. Raises what schemathesis finds."""
    schema = schemathesis.openapi.from_dict(told)
    schema.app = site.app.server
    operation = schema[f"/api/v1/{name}"]["GET"]
    # schemathesis asks for br and gzip and, of an application in its own process, does not unpack the answer.
    headers = {"Authorization": f"Bearer {token_for(site.registry)}", "Accept-Encoding": "identity"}
    known: dict[str, Any] = {item.value: KNOWN[item] for item in RESOURCES[name].filters if item in KNOWN}
    if RESOURCES[name].of_snapshot:
        known["snapshot"] = VERSION
    met: Counter[int] = Counter()

    @seed(20211122)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=operation.as_strategy(way.mode, query=known if way.known else None))
    def ask(case: schemathesis.Case) -> None:
        met[case.call_and_validate(headers=headers).status_code] += 1

    ask()
    return met
