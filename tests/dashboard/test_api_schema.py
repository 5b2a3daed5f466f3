"""schemathesis against the running application: whatever it makes up by the document, and whatever it makes up against
it, is answered as the document says. Seeded and bounded: the same questions each time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings

from tests.dashboard.conftest import Site
from tests.support.readers import token_for

EXAMPLES = 12
MANY = "100000"


@pytest.fixture(scope="module")
def described(site: Site) -> Iterator[object]:
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", site.app.server)


schema = schemathesis.pytest.from_fixture("described")


@pytest.fixture(scope="module")
def token(site: Site) -> str:
    return token_for(site.registry)


@seed(20211122)
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)
def test_nothing_is_answered_otherwise_than_the_document_says(case: schemathesis.Case, token: str) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})
