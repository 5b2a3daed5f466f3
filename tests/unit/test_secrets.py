"""Secrets come from the environment or from files, never from config.yaml, and no message tells one."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import ConfigError, load
from settings.model import Settings

URL = "postgresql://centre:b0ard-of-63@db/registry"


def secret_file(folder: Path, text: str | bytes, mode: int = 0o600) -> Path:
    file = folder / "secret"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    file.chmod(mode)
    return file


def test_a_file_holds_the_value(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = secret_file(tmp_path, f"{URL}\n")
    assert load(environ={"MCC_REGISTRY__URL_FILE": str(file)}).registry.url == URL
    assert capfd.readouterr().err == ""


def test_a_secret_of_digits_is_no_number(tmp_path: Path) -> None:
    file = secret_file(tmp_path, "0123456789012345678")
    assert load(environ={"MCC_WEB__METRICS_TOKEN_FILE": str(file)}).web.metrics_token == "0123456789012345678"


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o620, 0o604])
def test_a_file_that_others_may_read_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str], mode: int) -> None:
    file = secret_file(tmp_path, URL, mode)
    assert load(environ={"MCC_REGISTRY__URL_FILE": str(file)}).registry.url == URL
    told = capfd.readouterr().err
    assert f"{mode:04o}" in told and f"chmod 600 {file}" in told
    assert "b0ard" not in told


@pytest.mark.parametrize("content", ["", "\n \n", "one\ntwo", b"\xff\xfe\x00", "x" * 70_000])
def test_a_file_that_holds_no_line_of_text_is_refused(tmp_path: Path, content: str | bytes) -> None:
    file = secret_file(tmp_path, content)
    with pytest.raises(ConfigError, match="MCC_REGISTRY__URL_FILE"):
        load(environ={"MCC_REGISTRY__URL_FILE": str(file)})


def test_a_missing_file_and_two_ways_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load(environ={"MCC_REGISTRY__URL_FILE": str(tmp_path / "none")})
    both = {"MCC_REGISTRY__URL_FILE": str(secret_file(tmp_path, URL)), "MCC_REGISTRY__URL": URL}
    with pytest.raises(ConfigError, match="both set") as caught:
        load(environ=both)
    assert "b0ard" not in str(caught.value)


def test_an_unknown_key_is_named_for_a_file_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"registry\.ulr.*did you mean 'registry\.url'"):
        load(environ={"MCC_REGISTRY__ULR_FILE": str(secret_file(tmp_path, URL))})


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        (f"registry: {{url: '{URL}'}}", "MCC_REGISTRY__URL_FILE="),
        ("redis: {url: 'redis://:s3cret@cache:6379/0'}", "MCC_REDIS__URL_FILE="),
        ("web: {metrics_token: s3cret-of-24-characters}", "MCC_WEB__METRICS_TOKEN_FILE="),
    ],
)
def test_no_secret_stands_in_the_file_that_is_shown_around(tmp_path: Path, text: str, fix: str) -> None:
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="holds a secret") as caught:
        load(tmp_path / "config.yaml", environ={})
    assert fix in str(caught.value)
    assert "b0ard" not in str(caught.value) and "s3cret" not in str(caught.value)


def test_an_address_without_a_password_may(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("registry: {url: 'postgresql://centre@db/registry'}", encoding="utf-8")
    found: Settings = load(tmp_path / "config.yaml", environ={})
    assert found.registry.url == "postgresql://centre@db/registry"


def test_a_secret_of_the_wrong_kind_is_not_told_back() -> None:
    with pytest.raises(ConfigError, match=r"web\.metrics_token") as caught:
        load(environ={"MCC_WEB__METRICS_TOKEN": "short-s3cret"})
    assert "s3cret" not in str(caught.value)
