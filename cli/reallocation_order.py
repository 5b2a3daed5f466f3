"""`app.py reallocation order PLAN`: the order to move doses, as files for print and signature."""

from __future__ import annotations

import argparse

from dashboard.ordered import order_sheet
from layouts.words import Language, load_catalogues
from operations.action_log import connect
from reports.forms import write_whole
from reports.orders import ORDER_FORMS
from settings import ConfigError, Settings

Arguments = argparse.ArgumentParser


def add_options(command: Arguments) -> None:
    command.add_argument(
        "--form",
        action="append",
        default=[],
        choices=list(ORDER_FORMS),
        help="of order; again for more; by default all",
    )
    command.add_argument(
        "--lang",
        action="append",
        default=[],
        choices=[item.value for item in Language],
        help="of order; again for more; by default that of the pages",
    )


def write_order(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    """The list of files. Raises ActRefused where the plan orders nothing, ConfigError for a folder that cannot be
    written."""
    catalogues = load_catalogues()
    forms, files = tuple(dict.fromkeys(chosen.form)) or tuple(ORDER_FORMS), list[str]()
    for language in dict.fromkeys(chosen.lang or [settings.web.language]):
        with connect(url) as connection:
            sheet = order_sheet(
                connection, chosen.plan, sees=lambda _: True, settings=settings, words=catalogues[Language(language)]
            )
        for form in forms:
            target = chosen.out / f"{sheet.order.name}.{form}"
            try:
                chosen.out.mkdir(parents=True, exist_ok=True)
                write_whole(target, ORDER_FORMS[form](sheet))
            except OSError as error:
                raise ConfigError(f"--out {chosen.out}: {error.strerror}") from error
            files.append(str(target))
    return {"plan": chosen.plan, "files": files}, "\n".join(files)
