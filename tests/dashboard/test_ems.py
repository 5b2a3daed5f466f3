"""Monitoring messages by POST: what is taken, what is answered, and what stands in the registry afterwards."""

from __future__ import annotations

import base64
import gzip
import io
import json
import random
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from werkzeug.test import TestResponse

from campaign.access import Role
from campaign.formats.ems import MOST_RECORDS
from cli.places import as_role
from etl.coldchain_intake import ems_intake
from operations import loggers, senders
from operations.action_log import ActRefused, NotAllowed
from operations.ems import settle_waiting
from tests.dashboard.conftest import VERSION, Site
from tests.support.monitoring import START, STEP, abst, message, monitor_report, record, report
from tests.support.people import add_account, grant
from tests.support.signed_in import forgery_header, signed_in
from tests.support.snapshots import Recipe

ADDRESS = "/api/ems"
NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)


class Machine:
    """A sender with a token and one registered refrigerator."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.url = as_role(site.registry, "mcc_app")
        self.name = f"s-{uuid.uuid4().hex[:12]}"
        self.serial = uuid.uuid4().hex
        self.device = f"F-{self.serial[:12]}"
        self.token = senders.add(self.url, name=self.name, actor="Lê An", now=NOW)
        self.hang(self.device, self.serial)

    def hang(self, device: str, serial: str | None, storage_class: str = "refrigerator") -> None:
        self.run(
            "INSERT INTO registry.equipment (equipment_id, store_code, kind, storage_class, reporting_mode, serial) "
            "VALUES (%s, 'S', 'fridge', %s, 'live', %s)",
            device, storage_class, serial,
        )  # fmt: skip

    def run(self, query: str, *values: object) -> list[dict[str, Any]]:
        with psycopg.connect(self.site.registry, autocommit=True, row_factory=dict_row) as connection:
            done = connection.execute(query, values)  # pyright: ignore[reportArgumentType,reportCallIssue]
            return done.fetchall() if done.description else []

    def post(self, body: object, *, packed: bool = False, token: str | None = None, **headers: str) -> TestResponse:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"Authorization": f"Bearer {self.token if token is None else token}", **headers}
        if packed:
            data, told["Content-Encoding"] = gzip.compress(data), "gzip"
        client = self.site.app.server.test_client()
        return client.post(
            ADDRESS, data=data, headers=told, content_type=headers.get("Content-Type", "application/json")
        )

    def held(self, device: str = "") -> list[tuple[Any, ...]]:
        query = (
            "SELECT read_at, temp_c, power_on, battery_ok, probe_ok, door_open FROM registry.temperature_reading "
            "WHERE equipment_id = %s ORDER BY read_at"
        )
        return [tuple(row.values()) for row in self.run(query, device or self.device)]

    def messages(self) -> list[str]:
        rows = self.run("SELECT transfer_id FROM registry.ems_message WHERE sender = %s ORDER BY 1", self.name)
        return [row["transfer_id"] for row in rows]

    def kept(self) -> list[tuple[Any, ...]]:
        query = (
            "SELECT position, why, serials, records, told, settled_at IS NOT NULL FROM registry.ems_kept "
            "WHERE sender = %s ORDER BY transfer_id, position, why"
        )
        return [tuple(row.values()) for row in self.run(query, self.name)]


@pytest.fixture
def machine(site: Site) -> Machine:
    return Machine(site)


@pytest.fixture
def limited(make_site: Callable[..., Site]) -> Machine:
    """Of a site with small limits."""
    made = make_site(
        Recipe(version=VERSION),
        coldchain__ems_max_bytes=20_000, coldchain__ems_unpacked_max_bytes=60_000, coldchain__ems_per_minute=5,
    )  # fmt: skip
    return Machine(made)


def test_a_message_becomes_readings_and_states(machine: Machine) -> None:
    records = [record(0), record(1, TVC=9.5, DORV=900), record(2, TVC=None), record(3, SVA=0), record(4, BEMD=0)]
    answer = machine.post(message("m1", report(machine.serial, records)))
    assert answer.status_code == 200
    assert answer.get_json() == {"transferId": "m1", "devices": 1, "readings": 5, "added": 5, "kept": []}
    assert machine.held() == [
        (START, 4.7, True, True, True, False),
        (START + STEP, 9.5, True, True, True, True),
        (START + 2 * STEP, None, True, True, False, False),
        (START + 3 * STEP, 4.7, False, True, True, False),
        (START + 4 * STEP, 4.7, True, False, True, False),
    ]
    assert machine.messages() == ["m1"]


def test_the_examples_of_the_real_schema_are_answered(machine: Machine, shared: Path) -> None:
    schema = json.loads((shared / "real" / "ems_schema" / "cce-interop-0.8.1.json").read_text("utf-8"))
    example = schema["examples"][0]
    machine.hang(f"F-{uuid.uuid4().hex[:12]}", serial := uuid.uuid4().hex)
    example["data"][0]["ESER"] = serial
    answer = machine.post(example)
    assert (answer.status_code, answer.get_json()["readings"], answer.get_json()["added"]) == (200, 6, 6)
    # The two examples have one number: to one sender that is the same number with other contents.
    second = schema["examples"][1]
    assert machine.post(second).status_code == 409
    second["meta"]["transferId"] = "another"
    second["data"][0]["ESER"] = serial
    answer = machine.post(second)
    told = [item for item in second["data"][0]["records"] if "TVC" in item]
    assert (answer.status_code, answer.get_json()["added"]) == (200, len({item["ABST"] for item in told}))


def test_the_same_message_again_changes_nothing_and_is_answered_the_same(machine: Machine) -> None:
    sent = message("m1", report(machine.serial, [record(0), record(1)]), report("nobody", [record(0)]))
    first = machine.post(sent)
    held = machine.held()
    for again in (machine.post(sent), machine.post(sent, packed=True), machine.post(dict(reversed(sent.items())))):
        assert (again.status_code, again.data) == (first.status_code, first.data) == (202, first.data)
    assert machine.held() == held
    assert machine.messages() == ["m1"]
    assert len(machine.kept()) == 1


def test_the_same_number_with_other_contents_is_refused(machine: Machine) -> None:
    machine.post(message("m1", report(machine.serial, [record(0)])))
    other = machine.post(message("m1", report(machine.serial, [record(0), record(1)])))
    assert (other.status_code, other.get_json()["why"]) == (409, "other_contents")
    assert len(machine.held()) == 1
    # A number is a sender's own: another one may use it, too.
    another = Machine(machine.site)
    assert another.post(message("m1", report(another.serial, [record(0)]))).status_code == 200


def test_doubled_and_shuffled_records_give_the_same_readings(machine: Machine) -> None:
    records = [record(count, TVC=float(count % 12)) for count in range(40)]
    machine.post(message("m1", report(machine.serial, records)))
    expected = machine.held()
    for seed in range(3):
        other = Machine(machine.site)
        mixed = records + records[::3]
        random.Random(seed).shuffle(mixed)
        for number, start in enumerate(range(0, len(mixed), 9)):
            assert other.post(message(str(number), report(other.serial, mixed[start : start + 9]))).status_code == 200
        assert other.held() == expected


def test_what_another_source_told_of_an_instant_stays(machine: Machine) -> None:
    machine.run(
        "INSERT INTO registry.temperature_reading (reading_id, equipment_id, read_at, received_at, temp_c) "
        "VALUES (%s, %s, %s, now(), 6.5)",
        random.getrandbits(60), machine.device, START,
    )  # fmt: skip
    answer = machine.post(message("m1", report(machine.serial, [record(0), record(1)]))).get_json()
    assert (answer["readings"], answer["added"]) == (2, 1)
    assert [row[1] for row in machine.held()] == [6.5, 4.7]


def test_a_packed_message_is_taken_and_a_bomb_is_not_unpacked(limited: Machine) -> None:
    assert limited.post(message("m1", report(limited.serial, [record(0)])), packed=True).status_code == 200
    bomb = gzip.compress(b" " * 5_000_000)
    assert len(bomb) < 20_000
    answer = limited.post(bomb, **{"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.get_json()["why"]) == (413, "too_large")
    cut = gzip.compress(json.dumps(message("m2", report(limited.serial, [record(1)]))).encode())
    for body in (cut[:-9], cut + b"more", cut + cut, b"no gzip"):
        answer = limited.post(body, **{"Content-Encoding": "gzip"})
        if answer.status_code == 429:
            break
        assert (answer.status_code, answer.get_json()["why"]) == (400, "gzip")
    assert limited.messages() == ["m1"]


def test_a_body_over_the_limit_is_refused_unread_whoever_sends_it(limited: Machine) -> None:
    large = message("m1", report(limited.serial, [record(count) for count in range(200)]))
    assert len(json.dumps(large)) > 20_000
    assert limited.post(large).status_code == 413
    assert limited.post(large, token="wrong").status_code == 413
    assert limited.post(large, packed=True).status_code == 200, "what counts is what was sent"


def test_a_megabyte_is_taken_where_forms_end_at_64_kilobytes(machine: Machine) -> None:
    records = [record(count, note="x" * 200) for count in range(2_000)]
    sent = message("m1", report(machine.serial, records))
    assert 500_000 < len(json.dumps(sent)) < 1_048_576
    answer = machine.post(sent)
    assert (answer.status_code, answer.get_json()["added"]) == (200, 2_000)


def test_more_records_than_a_message_holds_and_what_is_nested_too_deep_are_refused_in_words(machine: Machine) -> None:
    many = {**message("m1"), "data": [{"records": [0] * (MOST_RECORDS + 1)}]}
    answer = machine.post(many)
    assert (answer.status_code, answer.get_json()["why"]) == (413, "too_large")
    deep: list[Any] = []
    for _ in range(300):
        deep = [deep]
    answer = machine.post(message("m1", report(machine.serial, [record(0)], note=deep)))
    assert (answer.status_code, answer.get_json()["why"]) == (400, "nested")
    assert machine.messages() == []


class Slow(io.BytesIO):
    """A body during whose coming something else is done."""

    def __init__(self, body: bytes, meanwhile: Callable[[], None]) -> None:
        super().__init__(body)
        self.meanwhile: list[Callable[[], None]] = [meanwhile]

    def read(self, size: int | None = -1, /) -> bytes:
        while self.meanwhile:
            self.meanwhile.pop()()
        return super().read(size)

    def readinto(self, buffer: Any, /) -> int:
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def test_a_body_that_comes_slowly_takes_no_place(make_site: Callable[..., Site]) -> None:
    machine = Machine(make_site(Recipe(version=VERSION), coldchain__ems_at_once=1))
    sent = [json.dumps(message(f"m{number}", report(machine.serial, [record(number)]))).encode() for number in (0, 1)]
    statuses: list[int] = []
    body = Slow(sent[0], lambda: statuses.append(machine.post(sent[1]).status_code))
    answer = machine.site.app.server.test_client().post(
        ADDRESS,
        input_stream=body,
        content_length=len(sent[0]),
        content_type="application/json",
        headers={"Authorization": f"Bearer {machine.token}"},
    )
    assert (answer.status_code, statuses) == (200, [200])


@pytest.mark.parametrize("token", ["", "wrong", "x" * 500, "é", "Bearer"])
def test_without_a_good_token_nothing_is_read(machine: Machine, token: str) -> None:
    answer = machine.post(b"{", token=token)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert machine.messages() == []


def test_basic_will_do_and_a_session_of_a_person_will_not(machine: Machine) -> None:
    sent = json.dumps(message("m1", report(machine.serial, [record(0)])))
    basic = base64.b64encode(f"{machine.name}:{machine.token}".encode()).decode()
    client = machine.site.app.server.test_client()
    done = client.post(ADDRESS, data=sent, content_type="application/json", headers={"Authorization": f"Basic {basic}"})
    assert done.status_code == 200
    token = signed_in(machine.site.registry, [grant(Role.ADMINISTRATOR)])
    person = machine.site.with_token(token)
    answer = person.post(ADDRESS, data=sent, content_type="application/json", headers=forgery_header(token))
    assert answer.status_code == 401


def test_a_withdrawn_token_opens_nothing(machine: Machine) -> None:
    with pytest.raises(ActRefused, match="withdraw it first"):
        senders.add(machine.url, name=machine.name, actor="Lê An", now=NOW)
    senders.withdraw(machine.url, name=machine.name, actor="Lê An", now=NOW)
    assert machine.post(message("m1", report(machine.serial, [record(0)]))).status_code == 401
    with pytest.raises(ActRefused, match="no sender"):
        senders.withdraw(machine.url, name=machine.name, actor="Lê An", now=NOW)
    fresh = senders.add(machine.url, name=machine.name, actor="Lê An", now=NOW)
    assert machine.post(message("m1", report(machine.serial, [record(0)])), token=fresh).status_code == 200
    query = "SELECT action, actor FROM operations.audit WHERE subject = %s ORDER BY audit_id"
    made = [tuple(row.values()) for row in machine.run(query, f"sender:{machine.name}")]
    assert made == [("sender_token_made", "Lê An"), ("sender_token_withdrawn", "Lê An"), ("sender_token_made", "Lê An")]
    assert machine.token not in str(machine.run("SELECT * FROM operations.sender_token"))


def test_an_account_makes_a_sender_only_with_the_right_to(machine: Machine) -> None:
    login = f"op-{uuid.uuid4().hex[:8]}"
    add_account(machine.url, login, [grant(Role.OPERATOR)])
    with pytest.raises(NotAllowed):
        senders.add(machine.url, name="another-one", actor=login, now=NOW)


@pytest.mark.parametrize("name", ["", "A", "a b", "x", "-x", "x" * 70])
def test_a_name_of_a_sender_is_plain(machine: Machine, name: str) -> None:
    with pytest.raises(ActRefused):
        senders.add(machine.url, name=name, actor="Lê An", now=NOW)


def test_a_bad_field_is_named_with_what_to_do_and_nothing_is_taken(machine: Machine) -> None:
    sent = message("m1", report(machine.serial, [record(0), record(1, TVC=75.0)]))
    answer = machine.post(sent)
    assert answer.status_code == 422
    told = answer.get_json()
    assert told["count"] == 1
    assert told["fields"][0]["field"] == "data[0].records[1].TVC"
    assert "Celsius" in told["fields"][0]["fix"]
    del sent["data"][0]["records"][1]["TVC"]
    del sent["data"][0]["records"][1]["ABST"]
    missing = machine.post(sent)
    assert (missing.status_code, missing.get_json()["fields"][0]["field"]) == (400, "data[0].records[1].ABST")
    assert machine.held() == []
    assert machine.messages() == []
    sent["data"][0]["records"][1] = record(1)
    assert machine.post(sent).status_code == 200, "a number that was refused may be used for the mended message"


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"", 400, "json"),
        (b"{", 400, "json"),
        ("{}".encode("utf-16"), 400, "json"),
        (b"[" * 100_000, 400, "json"),
        (b'{"meta": NaN}', 400, "json"),
        (b"null", 400, "fields"),
        (b'"\\ud800"', 400, "json"),
    ],
)
def test_what_is_no_message_is_told_so(machine: Machine, body: bytes, status: int, why: str) -> None:
    answer = machine.post(body)
    assert (answer.status_code, answer.get_json()["why"]) == (status, why)


@pytest.mark.parametrize("odd", ["a\x00b", "\x00"])
def test_a_zero_byte_anywhere_is_refused(machine: Machine, odd: str) -> None:
    sent = message("m1", report("nobody-has-it", [record(0, note=odd)]))
    answer = machine.post(sent)
    assert (answer.status_code, answer.get_json()["why"]) == (400, "unkept")
    assert machine.messages() == []


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
def test_another_type_is_refused(machine: Machine, kind: str) -> None:
    answer = machine.post(message("m1", report(machine.serial, [record(0)])), **{"Content-Type": kind})
    assert (answer.status_code, answer.get_json()["why"]) == (415, "type")


def test_another_packing_is_refused(machine: Machine) -> None:
    for packing in ("br", "deflate", "gzip, gzip"):
        assert machine.post(b"{}", **{"Content-Encoding": packing}).status_code == 415


def test_an_unknown_device_waits_and_is_taken_when_it_is_registered(machine: Machine) -> None:
    stranger, empty = uuid.uuid4().hex, f"F-{uuid.uuid4().hex[:12]}"
    early = record(2, ABST="19700101T000500Z")
    sent = message("m1", report(stranger, [record(0), record(1), early]), report(machine.serial, [record(0)]))
    answer = machine.post(sent)
    assert answer.status_code == 202
    assert answer.get_json()["kept"] == [
        {"report": 0, "serials": [stranger, f"{stranger}-L", f"{stranger}-A"], "why": "unknown_device", "records": 3}
    ]
    assert len(machine.held()) == 1
    [(_, _, serials, _, told, settled)] = machine.kept()
    assert (stranger in serials, told, settled) == (True, sent["data"][0], False)
    machine.hang(empty, None)
    with psycopg.connect(machine.url, row_factory=dict_row) as connection:
        intake = ems_intake(machine.site.deps.settings, connection)
    made = loggers.register(
        machine.url,
        serial=f"{stranger}-L",
        equipment_id=empty,
        read=lambda _: pytest.fail("no file waits"),
        actor="Lê An",
        now=NOW,
        take_waiting=lambda connection, serial: settle_waiting(connection, serial, intake=intake, now=NOW),
    )
    assert made.sent == 2
    assert [row[0] for row in machine.held(empty)] == [START, START + STEP]
    assert [(row[1], row[3], row[5]) for row in machine.kept()] == [("clock", 1, False), ("unknown_device", 3, True)]


def test_a_serial_that_is_being_registered_is_waited_for(machine: Machine) -> None:
    stranger, empty = uuid.uuid4().hex, f"F-{uuid.uuid4().hex[:12]}"
    machine.hang(empty, None)
    answers: list[TestResponse] = []
    sent = message("m1", report(stranger, [record(0)]))
    thread = threading.Thread(target=lambda: answers.append(machine.post(sent)))
    waits = "SELECT count(*) AS held FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with psycopg.connect(machine.url) as connection:
        connection.execute(loggers.LOCK)
        connection.execute(loggers.SET_SERIAL, [stranger, empty])
        thread.start()
        while thread.is_alive() and machine.run(waits)[0]["held"] == 0:
            thread.join(0.01)
    thread.join()
    assert (answers[0].status_code, answers[0].get_json()["added"]) == (200, 1)
    assert machine.kept() == []


def test_a_serial_of_two_devices_is_taken_for_neither(machine: Machine) -> None:
    machine.hang(f"F-{uuid.uuid4().hex[:12]}", machine.serial)
    answer = machine.post(message("m1", report(machine.serial, [record(0)])))
    assert (answer.status_code, answer.get_json()["kept"][0]["why"]) == (202, "several_devices")
    assert machine.held() == []


def test_clocks_of_1970_and_of_the_future_are_kept_and_named(machine: Machine) -> None:
    ahead = abst(datetime.now(UTC) + timedelta(hours=2))
    soon = abst(datetime.now(UTC) + timedelta(minutes=20))
    records = [record(0), record(ABST="19700101T000500Z"), record(ABST=ahead), record(ABST=soon)]
    answer = machine.post(message("m1", report(machine.serial, records)))
    assert answer.status_code == 202
    assert [(item["why"], item["records"]) for item in answer.get_json()["kept"]] == [("clock", 2)]
    assert len(machine.held()) == 2
    [(_, _, _, _, told, _)] = machine.kept()
    assert [item["ABST"] for item in told["records"]] == ["19700101T000500Z", ahead]


def test_a_monitor_message_goes_in_by_the_place_it_names(machine: Machine) -> None:
    room = {
        name: value for name, value in record().items() if name not in {"TVC", "BLOG", "CMPR", "LERR", "DORV", "SVA"}
    }
    inside = {**room, "TVC": 6.5}
    machine.hang(f"F-{uuid.uuid4().hex[:12]}", serial := uuid.uuid4().hex)
    answer = machine.post(message("m1", monitor_report(serial, [room, inside]), kind="rtm"))
    assert (answer.status_code, answer.get_json()["added"]) == (200, 1)


def test_twins_at_the_same_moment_are_taken_once_and_answered_alike(machine: Machine) -> None:
    for round_number in range(5):
        records = [record(100 * round_number + count) for count in range(50)]
        sent = message(f"m{round_number}", report(machine.serial, records), report("nobody", [record(0)]))
        answers: list[TestResponse] = []
        start = threading.Barrier(4)

        def send(
            body: dict[str, Any] = sent, found: list[TestResponse] = answers, go: threading.Barrier = start
        ) -> None:
            go.wait()
            found.append(machine.post(body))

        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {(answer.status_code, answer.data) for answer in answers} == {(202, answers[0].data)}
        assert answers[0].get_json()["added"] == 50
    assert len(machine.held()) == 250
    assert len(machine.messages()) == 5


def test_different_messages_with_the_same_readings_do_not_lock_up(machine: Machine) -> None:
    records = [record(count) for count in range(300)]
    statuses: list[int] = []
    start = threading.Barrier(4)

    def send(number: int) -> None:
        mixed = list(records)
        random.Random(number).shuffle(mixed)
        start.wait()
        statuses.append(machine.post(message(f"m{number}", report(machine.serial, mixed))).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 4
    assert len(machine.held()) == 300


def test_a_sender_that_asks_too_often_is_told_when_to_come_back(limited: Machine) -> None:
    sent = message("m1", report(limited.serial, [record(0)]))
    statuses = [limited.post(sent) for _ in range(12)]
    refused = [answer for answer in statuses if answer.status_code == 429]
    assert len(refused) >= 2, "a minute of the clock may end in between, no more"
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
    another = Machine(limited.site)
    assert another.post(message("m1", report(another.serial, [record(0)]))).status_code == 200


def test_while_the_registry_is_down_the_sender_comes_back(make_site: Callable[..., Site]) -> None:
    made = make_site(Recipe(version=VERSION))
    down = Machine(made)
    (made.deps.settings.state / "registry-down").touch()
    answer = down.post(message("m1", report(down.serial, [record(0)])))
    assert (answer.status_code, answer.get_json()["why"]) == (503, "registry")
    assert int(answer.headers["Retry-After"]) > 0


def test_the_web_has_no_other_right_to_readings(machine: Machine) -> None:
    for statement in (
        "UPDATE registry.temperature_reading SET temp_c = 5",
        "DELETE FROM registry.temperature_reading",
        "DELETE FROM registry.ems_message",
        "UPDATE registry.ems_message SET answer = '{}'",
        "UPDATE registry.equipment SET storage_class = 'freezer'",
    ):
        with psycopg.connect(machine.url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)  # pyright: ignore[reportArgumentType,reportCallIssue]
