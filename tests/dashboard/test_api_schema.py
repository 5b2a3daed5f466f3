"""schemathesis against the running application: whatever it makes up by the document, and whatever it makes up against
it, is answered as the document says. Seeded and bounded: the same questions each time."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings

from dashboard.api.resources import RESOURCES
from tests.dashboard.conftest import Site
from tests.support.readers import token_for

EXAMPLES = 12


@pytest.mark.parametrize("name", RESOURCES)
def test_nothing_is_answered_otherwise_than_the_document_says(site: Site, name: str) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", site.app.server)
    # schemathesis asks for br and gzip and, of an application in its own process, does not unpack the answer.
    headers = {"Authorization": f"Bearer {token_for(site.registry)}", "Accept-Encoding": "identity"}

    @seed(20211122)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=schema[f"/api/v1/{name}"]["GET"].as_strategy())
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers)

    ask()
