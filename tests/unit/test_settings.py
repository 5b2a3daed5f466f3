"""config.yaml: every mistake is told with the key and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from campaign.access import PERMISSIONS, Role
from cli.pipeline import refresh_rules
from dashboard.door.front import SIGHT_OF_PAGE, SIGHTS
from etl.drift import DriftLimits
from layouts.shell import PAGES
from settings import ConfigError, load
from settings.load import ENV_OTHER
from settings.wall import KNOWN


def write(folder: Path, text: str) -> Path:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_committed_file_is_complete_and_equals_the_defaults(tmp_path: Path) -> None:
    ours, bare = load(environ={}), load(write(tmp_path, ""), environ={})
    assert ours.model_dump(exclude={"root"}) == bare.model_dump(exclude={"root"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("web: {prot: 9000}", ["web.prot", "did you mean 'web.port'"]),
        ("wab: {port: 9000}", ["wab", "did you mean 'web'"]),
        ("web: {port: many}", ["web.port", "many"]),
        ("web: {port: 70000}", ["web.port", "65535"]),
        ("web: {threads: 8, max_streams: 8}", ["max_streams (8) must be below threads (8)"]),
        ("wall: {pages: [/muc-tieuu]}", ["wall.pages.0", "/muc-tieuu", "did you mean '/muc-tieu'"]),
        ("wall: {pages: [/, '/?metrik=full']}", ["wall.pages.1", "metrik", "did you mean 'metric'"]),
        ("wall: {pages: ['https://example.org/']}", ["wall.pages.0", "no page that a screen may show"]),
        ("coldchain: {gap_minute: 30}", ["coldchain.gap_minute", "did you mean 'coldchain.gap_minutes'"]),
        ("coldchain: {file_max_bytes: 1}", ["coldchain.file_max_bytes", "10000"]),
        ("wall: {pages: []}", ["wall.pages", "at least 1"]),
        ("wall: {seconds: 0}", ["wall.seconds", "greater than or equal to 1"]),
        ("[1, 2]", ["sections"]),
        ("web: {port: [", ["not valid YAML"]),
    ],
)
def test_a_mistake_names_the_key_and_the_fix(tmp_path: Path, text: str, told: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, text), environ={})
    for part in told:
        assert part in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.yaml: cannot be read"):
        load(tmp_path / "config.yaml", environ={})


def test_the_environment_overrides_a_key_and_is_checked_alike(tmp_path: Path) -> None:
    file = write(tmp_path, "web: {port: 9000}")
    assert load(file, environ={"MCC_WEB__PORT": "9100"}).web.port == 9100
    with pytest.raises(ConfigError, match=r"web\.prt"):
        load(file, environ={"MCC_WEB__PRT": "1"})
    assert load(file, environ=dict.fromkeys(ENV_OTHER, "x")).web.port == 9000


def test_state_goes_where_it_is_told(tmp_path: Path) -> None:
    assert load(state=tmp_path / "s", environ={}).warehouse_dir == (tmp_path / "s").resolve() / "warehouse"


def test_the_drift_guard_is_set_by_its_section() -> None:
    """What config.yaml ships is what the guard was tried with, and a changed value reaches it."""
    shipped = load(environ={})
    assert DriftLimits(**shipped.drift.model_dump()) == DriftLimits()
    changed = load(environ={"MCC_DRIFT__MAX_NEW_SHARE": "0.5"})
    assert refresh_rules(changed).drift.max_new_share == 0.5


PROVIDER = {"issuer": "https://sso.example.vn/realms/gov", "client_id": "mcc", "public_url": "https://mcc.example.vn"}


def with_provider(**changed: object) -> str:
    return yaml.safe_dump({"oidc": PROVIDER | changed, "access": {"tls": True}})


def test_a_provider_is_off_until_it_is_named_and_then_fits_together(tmp_path: Path) -> None:
    assert not load(environ={}).oidc.enabled
    assert load(write(tmp_path, with_provider()), environ={}).oidc.enabled
    local = {"issuer": "http://127.0.0.1:9000", "public_url": "http://localhost:8050", "client_id": "mcc"}
    assert load(write(tmp_path, yaml.safe_dump({"oidc": local})), environ={}).oidc.enabled


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"issuer": "http://sso.example.vn"}, ["oidc.issuer", "http and not loopback", "https://host"]),
        ({"issuer": "sso.example.vn"}, ["oidc.issuer", "no address"]),
        ({"issuer": "https://sso.example.vn:many"}, ["oidc.issuer", "no address"]),
        ({"issuer": "https://sso.example.vn/?a=b"}, ["oidc.issuer", "a query"]),
        ({"public_url": ""}, ["oidc.public_url", "where browsers reach this centre"]),
        ({"public_url": "https://mcc.example.vn/board"}, ["oidc.public_url", "path"]),
        ({"public_url": "http://localhost"}, ["oidc.public_url", "access.tls", "do not agree"]),
        ({"client_id": ""}, ["oidc.client_id is empty"]),
        ({"scopes": ["profile"]}, ["oidc.scopes", "openid"]),
        ({"scopes": ["openid", "a b"]}, ["oidc.scopes", "one word"]),
        ({"subject_claim": "preferred_username"}, ["oidc.subject_claim", "another person", "use sub"]),
        ({"subject_claim": "email"}, ["oidc.subject_claim", "another person"]),
        ({"required_claim": "amr"}, ["oidc.required_values", "set both"]),
        ({"required_claim": "groups", "required_values": ["x"]}, ["oidc.required_claim", "acr"]),
        ({"max_age_minutes": -1}, ["oidc.max_age_minutes"]),
        ({"client_secret": "typed in here"}, ["oidc.client_secret", "MCC_OIDC__CLIENT_SECRET_FILE"]),
        ({"isuer": "x"}, ["oidc.isuer", "did you mean 'oidc.issuer'"]),
    ],
)
def test_a_provider_that_does_not_fit_is_named_with_the_fix(
    tmp_path: Path, changed: dict[str, object], told: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, with_provider(**changed)), environ={})
    for part in told:
        assert part in str(caught.value)


@pytest.mark.parametrize("broken", [{"client_id": ""}, {"public_url": "http://localhost"}, {"timeout_seconds": 0}])
def test_what_is_wrong_beside_a_secret_does_not_tell_the_secret(tmp_path: Path, broken: dict[str, object]) -> None:
    secret = tmp_path / "secret"
    secret.write_text("never told to anybody\n", encoding="utf-8")
    secret.chmod(0o600)
    given = {"MCC_OIDC__CLIENT_SECRET_FILE": str(secret), "MCC_WEB__METRICS_TOKEN": "nor-is-this-one-told"}
    right = load(write(tmp_path, with_provider()), environ=given)
    assert right.oidc.client_secret == "never told to anybody"
    assert "never told" not in repr(right)
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, with_provider(**broken)), environ=given)
    assert "told" not in str(caught.value)


def test_a_screen_may_open_every_page_that_it_can_be_told_to_show() -> None:
    allowed = {path for path, page in PAGES.items() if SIGHTS[SIGHT_OF_PAGE[page]] in PERMISSIONS[Role.WALL]}
    assert set(KNOWN) <= allowed
