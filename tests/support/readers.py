"""A machine with a token, and its questions."""

from __future__ import annotations

import itertools
import os
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.access import NATION, Scope
from cli.places import as_role
from operations import readers

_numbers = itertools.count(1)


def token_for(url: str, *provinces: str, days: int = 30, name: str = "") -> str:
    """Of a new reader: of these provinces, or nationwide."""
    scope = Scope(provinces=frozenset(provinces)) if provinces else NATION
    made = name or f"reader-{os.getpid()}-{next(_numbers)}"
    token, _ = readers.add(
        as_role(url, "mcc_app"), name=made, scope=scope, days=days, actor="shell", now=datetime.now(UTC)
    )
    return token


class Machine:
    """Asks /api/v1 with one token, without a cookie."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.token = token

    def get(self, address: str, **headers: str) -> TestResponse:
        told = {"Authorization": f"Bearer {self.token}", **{key.replace("_", "-"): it for key, it in headers.items()}}
        return self.client.get(f"/api/v1/{address}", headers=told)

    def json(self, address: str) -> dict[str, Any]:
        answer = self.get(address)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
        found: dict[str, Any] = answer.get_json()
        return found

    def rows(self, address: str) -> list[dict[str, Any]]:
        return self.json(address)["rows"]
