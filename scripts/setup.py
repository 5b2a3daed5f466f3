"""Set up the project's own environment. Standard library only: this runs before anything is installed.

    setup.py run      what `make run` needs      setup.py dev   the tools for `make test` and `make check` too
    setup.py browser  make sure that a Chromium is there for the browser tests

uv installs in seconds; it comes as a wheel. Where it cannot be had, pip does the same more slowly.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)
CHROMIUM_NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"),
)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def stop(text: str) -> None:
    say(text)
    raise SystemExit(2)


def run_quietly(command: list[str]) -> bool:
    """True where the command succeeded; its output is shown only where it failed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        say((done.stderr or done.stdout).strip()[-2000:])
    return done.returncode == 0


def environment(wanted: str) -> None:
    requirements = ROOT / ("requirements.txt" if wanted == "run" else "requirements-dev.txt")
    stamp = VENV / ".installed"
    python = VENV / "bin" / "python"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    have = stamp.read_text().split() if stamp.exists() else []
    # The tools of `dev` include everything of `run`, so a machine that tests never re-installs to run.
    covers_run = hashlib.sha256((ROOT / "requirements-dev.txt").read_bytes()).hexdigest()
    if python.exists() and (digest in have or covers_run in have):
        return
    if not python.exists():
        say("Creating .venv …")
        # The interpreter's own venv module, because a distribution may ship Python without it.
        if not run_quietly([sys.executable, "-m", "venv", "--clear", str(VENV)]):
            stop("Python's venv module is missing: install it (Debian: apt-get install python3-venv) and try again.")
    say(f"Installing packages from {requirements.name} …")
    uv = VENV / "bin" / "uv"
    has_uv = uv.exists() or run_quietly([str(python), "-m", "pip", "install", "-q", "uv"])
    wanted_packages = ["--require-hashes", "-r", str(requirements)]
    # Compiled once here, or each of the many short processes would compile its libraries again.
    by_uv = [str(uv), "pip", "install", "-q", "--compile-bytecode", "--python", str(python), *wanted_packages]
    by_pip = [str(python), "-m", "pip", "install", "-q", *wanted_packages]
    if not (has_uv and run_quietly(by_uv)) and not run_quietly(by_pip):
        stop("The packages could not be installed: see the message above; a package index must be within reach once.")
    stamp.write_text(digest)


def browser() -> None:
    """Installed one, else Debian's package when root, else Playwright's own, else say what to install."""
    if os.environ.get("CHROMIUM") or any(shutil.which(name) for name in CHROMIUM_NAMES):
        return
    apt = shutil.which("apt-get")
    if apt and hasattr(os, "geteuid") and os.geteuid() == 0:
        say("Installing Debian's Chromium for the browser tests …")
        run_quietly([apt, "update", "-qq"])
        # Without windows, where the distribution has it: it needs a tenth of the time for each test's page.
        for package in ("chromium-headless-shell", "chromium"):
            if run_quietly([apt, "install", "-y", "-qq", "--no-install-recommends", package]):
                return
    say("Fetching Playwright's Chromium for the browser tests …")
    if run_quietly([str(VENV / "bin" / "playwright"), "install", "chromium"]):
        return
    say("No Chromium: browser tests will be skipped. Install one (Debian: apt-get install chromium) or set CHROMIUM.")


def main() -> None:
    if sys.version_info < OLDEST:
        stop(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")
    task = sys.argv[1] if len(sys.argv) > 1 else "run"
    if task == "browser":
        browser()
    elif task in ("run", "dev"):
        environment(task)
    else:
        stop("usage: setup.py run|dev|browser")


if __name__ == "__main__":
    main()
