"""`app.py run`: everything at once, on embedded defaults."""

from __future__ import annotations

import argparse
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cli.demo_accounts import demo_accounts, told
from cli.logs import configure_logs
from cli.places import Places
from cli.supervisor import AlreadyRunning, Supervisor
from etl.profile_file import load_profile
from operations import accounts
from operations.passwords import Passwords
from registry.migrate import migrate
from settings import Settings

Commands = Any


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    run = commands.add_parser("run", parents=[common], help="the whole response centre (the default command)")
    run.add_argument("--profile", help="show dated publications by this profile instead of the demonstration")
    run.add_argument("--from", dest="source", type=Path, metavar="DIR", help="folder of those publications")
    run.set_defaults(handler=run_all)


def run_all(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 2 where the port is taken or another copy runs, told in one line."""
    configure_logs(settings.logs.format)
    if bool(chosen.profile) != bool(chosen.source):
        print("--profile NAME and --from DIR belong together", file=sys.stderr)
        return 2
    if chosen.source and not chosen.source.is_dir():
        print(f"{chosen.source}: no such folder; --from names the folder of dated publications", file=sys.stderr)
        return 2
    if chosen.profile:
        load_profile(chosen.profile, settings.profile_dir)
    if chosen.profile and chosen.state is None:
        # Another country's publications must not mix with the registry's warehouse.
        settings = settings.model_copy(update={"state_dir": settings.state / "profiles" / chosen.profile})
    if (taken := port_problem(settings)) is not None:
        print(taken, file=sys.stderr)
        return 2
    supervisor = Supervisor(Places(settings))
    try:
        supervisor.hold()
    except AlreadyRunning as error:
        print(error, file=sys.stderr)
        return 2
    try:
        _add_parts(supervisor, settings, chosen)
        _tell_who_may_sign_in(settings, demo=settings.shows_demo and not chosen.profile)
        supervisor.run(announce=lambda: print(f"http://{settings.web.host}:{settings.web.port}", flush=True))
    finally:
        supervisor.stop()
    return 0


def _add_parts(supervisor: Supervisor, settings: Settings, chosen: argparse.Namespace) -> None:
    url = supervisor.start_servers()
    migrate(url, etl_role=settings.registry.etl_role, app_role=settings.registry.app_role)
    extra = ["--profile", chosen.profile] if chosen.profile else []
    supervisor.add_app("web", ["web", *extra])
    if chosen.profile:
        supervisor.add_app("etl", ["etl", *extra, "--from", str(chosen.source.resolve())])
    else:
        supervisor.add_app("etl", ["etl"])
        supervisor.add_app("watch", ["watch"])
        supervisor.add_app("notices", ["notices", "send"])
        supervisor.add_app("planner", ["planner"])
        supervisor.add_app("reporter", ["reporter"])
        if settings.demo.enabled and not settings.registry.url:
            supervisor.add_app("demo", ["demo"])


def _tell_who_may_sign_in(settings: Settings, *, demo: bool) -> None:
    """Accounts of the demonstration; where there is none at all, how to make the first."""
    url = Places(settings).app_url()
    if url is None:
        return
    if demo:
        passwords = Passwords(min_length=settings.access.password_min_length)
        print(told(demo_accounts(url, passwords, datetime.now(UTC))), flush=True)
    elif not accounts.accounts(url):
        made_by = "python app.py user add LOGIN --role administrator --nationwide"
        print(f"nobody may sign in yet: {made_by} --state {settings.state}", file=sys.stderr)


def port_problem(settings: Settings) -> str | None:
    """One line that says what to do, or None where the address is free."""
    address = (settings.web.host, settings.web.port)
    with socket.socket(socket.AF_INET6 if ":" in settings.web.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            return (
                f"port {address[1]} on {address[0]} cannot be used ({error.strerror}): set MCC_WEB__PORT to another one"
            )
    return None
