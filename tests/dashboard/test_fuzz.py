"""Random requests to the callback endpoint and the JSON addresses: no 500, nothing of another province in an answer.

    MCC_FUZZ_SECONDS=600 pytest -s tests/dashboard/test_fuzz.py

runs for ten minutes instead of ten seconds, and says how many requests got which status. A failure names the seed of
the request that caused it.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import string
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from campaign.access import Role
from cli.places import as_role
from dashboard.params import NAMES
from operations import senders
from tests.dashboard.conftest import VERSION, Site
from tests.dashboard.test_scope import figures_of
from tests.support.monitoring import message, record, report
from tests.support.people import grant
from tests.support.signed_in import forgery_header, signed_in

SECONDS = float(os.environ.get("MCC_FUZZ_SECONDS", "10"))
OWN = "79"
ODD = [
    "", "0", "-1", "1e9", "99999999999999999999", "null", "true", "NaN", "\x00", "a\x00b", "\ud7ff", "ﬃ", "%2e%2e%2f",
    "../../../etc/passwd", "'", '"', "';--", "<script>alert(1)</script>", "{{7*7}}", "${x}", "=1+1", "//evil.example",
    "vn", "p-01", "p-79", "p-01-79", "p-79-01", "01", "79", "nation", "unknown", "central", "A" * 3000,
    "🩹" * 50, "\r\nX: 1",
]  # fmt: skip
# What a fault of ours would tell; none of it is for a reader.
TELLTALES = ("Traceback", "site-packages", "/tmp/", "psycopg", "duckdb.", 'File "', "SELECT FROM", "postgresql:")
WORDS = [
    "output",
    "outputs",
    "inputs",
    "state",
    "changedPropIds",
    "id",
    "property",
    "value",
    "..a.b...c.d..",
    "clientside",
]
HEADERS = ["If-None-Match", "Range", "Accept-Encoding", "X-Reader", "Origin", "If-Modified-Since", "Accept", "Referer"]


class Dice:
    def __init__(self, seed: int) -> None:
        self.roll = random.Random(seed)

    def text(self) -> str:
        if self.roll.random() < 0.6:
            return self.roll.choice(ODD)
        alphabet = string.printable + "đĐạệ\u200b\ufeff"
        return "".join(self.roll.choices(alphabet, k=self.roll.randrange(1, 40)))

    def word(self) -> str:
        return "".join(char for char in self.text() if char.isprintable() and ord(char) < 256)

    def json(self, depth: int = 0) -> Any:
        kind = self.roll.randrange(7 if depth < 4 else 5)
        if kind < 3:
            return self.text()
        if kind == 3:
            return self.roll.choice([None, True, False, 0, -1, 2**63, 1e308, 0.1])
        if kind == 4:
            return self.roll.choice(WORDS)
        if kind == 5:
            return [self.json(depth + 1) for _ in range(self.roll.randrange(4))]
        return {self.roll.choice(WORDS): self.json(depth + 1) for _ in range(self.roll.randrange(5))}

    def path(self) -> str:
        version = self.roll.choice([str(VERSION), str(VERSION), "0", "999", "-1", "99999999999999999999", "x"])
        scope = self.roll.choice([f"p-{OWN}", f"p-{OWN}", "vn", "p-01", "p-01-79", quote(self.text(), safe="")])
        name = self.roll.choice(
            ["coverage", "area", "targets", "people", "frame", "data", "lineage/doses", "lineage/x", quote(self.text())]
        )
        shapes = [f"/snap/{version}/{scope}/{name}"] * 6
        shapes += ["/versions", "/version", "/health", "/alerts", "/geo/x/areas.geojson", "/topo/a/b", "/tai-khoan"]
        shapes += ["/_dash-layout", "/_dash-dependencies", f"/_dash-component-suites/dash/{quote(self.text())}"]
        shapes += [f"/_dash-component-suites/{quote(self.text(), safe='')}/x.js", f"/assets/{quote(self.text())}"]
        # Not "//…": the test client itself takes that for a host.
        shapes += ["/dang-nhap", "/wall/enter", "/api/ems", "/" + quote(self.text(), safe="")]
        names = [*NAMES, "v", "at", "next", "lang", "colour"]
        values = ["vi", "en", "dose1", "18plus", OWN, "01", "recorded", "2021-11-05T07:00", "dark", "phone"]
        query = "&".join(
            f"{self.roll.choice(names)}={quote(self.roll.choice([*values, self.text()]), safe='')}"
            for _ in range(self.roll.randrange(4))
        )
        return self.roll.choice(shapes) + (f"?{query}" if query else "")

    def message(self, serial: str) -> Any:
        """A monitoring message, whole or with something odd in one place of it."""
        sent: Any = message(
            self.text() if self.roll.random() < 0.1 else str(self.roll.random()), report(serial, [record(0)])
        )
        for _ in range(self.roll.randrange(3)):
            place = self.roll.choice([sent, sent["meta"], sent["data"]])
            if isinstance(sent.get("data"), list) and sent["data"] and isinstance(sent["data"][0], dict):
                place = self.roll.choice([place, sent["data"][0], sent["data"][0].get("records", sent)])
            if isinstance(place, list):
                place.append(self.json())
            # An odd thing set the turn before may stand where an object is expected.
            elif isinstance(place, dict) and place:
                place[self.roll.choice([*place, "note"])] = self.json()
            if not isinstance(sent.get("meta"), dict) or not isinstance(sent.get("data"), list):
                break
        return sent

    def headers(self) -> dict[str, str]:
        if self.roll.random() < 0.7:
            return {}
        return {self.roll.choice(HEADERS): self.word()}


def test_nothing_breaks_and_nothing_leaks(site: Site) -> None:
    everything = site.client.get(f"/snap/{VERSION}/vn/coverage").get_json()
    mine = [row for row in everything["table"] if row["code"] == OWN]
    others = [row for row in (*everything["table"], *everything["pinned"][:-1]) if row["code"] != OWN]
    # Numerator over denominator: longer than anything that a version number or a coordinate could be by chance.
    secret = {text for text in figures_of(others) - figures_of([*mine, everything["pinned"][-1]]) if "/" in text}
    assert len(secret) > 100
    token = signed_in(site.registry, [grant(Role.VIEWER, OWN)])
    own, nobody = site.with_token(token), site.app.server.test_client()
    first = int(os.environ.get("MCC_FUZZ_SEED", time.time_ns() % 10**9))
    seen: Counter[int] = Counter()
    told: Counter[int] = Counter()
    machine = senders.add(as_role(site.registry, "mcc_app"), name=f"fuzz-{first}", actor="test", now=datetime.now(UTC))
    end = time.monotonic() + SECONDS
    seed = first
    while time.monotonic() < end:
        seed += 1
        dice = Dice(seed)
        client = nobody if dice.roll.random() < 0.2 else own
        kind = dice.roll.random()
        if kind < 0.4:
            answer = client.get(dice.path(), headers=dice.headers())
        elif kind < 0.5:
            bearer = {"Authorization": f"Bearer {machine if dice.roll.random() < 0.9 else dice.word()}"}
            data = json.dumps(dice.message("F-fuzz")).encode()
            if dice.roll.random() < 0.2:
                data, bearer["Content-Encoding"] = gzip.compress(data)[: dice.roll.randrange(400)], "gzip"
            answer = nobody.post("/api/ems", data=data, content_type="application/json", headers=bearer)
            told[answer.status_code] += 1
        elif kind < 0.85:
            body = dice.json() if dice.roll.random() < 0.9 else dice.text()
            data = json.dumps(body) if dice.roll.random() < 0.8 else dice.text()
            headers = {**dice.headers(), **(forgery_header(token) if dice.roll.random() < 0.8 else {})}
            answer = client.post("/_dash-update-component", data=data, content_type="application/json", headers=headers)
        else:
            method = dice.roll.choice(["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"])
            form = {dice.roll.choice(["csrf", "login", "password", "token", "next"]): dice.text() for _ in range(3)}
            answer = client.open(dice.path(), method=method, data=form, headers=dice.headers())
        seen[answer.status_code] += 1
        assert answer.status_code < 500, f"seed {seed}: {answer.status_code}"
        text = answer.get_data(as_text=True)
        if answer.mimetype not in {"application/javascript", "text/javascript", "text/css"}:
            assert not [word for word in TELLTALES if word in text], f"seed {seed}"
            assert not [figure for figure in secret if figure in text], f"seed {seed}"
        # Signing out by chance would make the rest of the run a stranger's.
        own.set_cookie("mcc_session", token)
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(seen.items()))
    print(f"\n{sum(seen.values())} requests, seeds {first + 1} to {seed}; by status {statuses}")
    assert told[202] and told[400], told
    assert seen[200] > 20, seen
    assert seen[403] > 20, seen
