"""Headers that keep the page to itself: no script, picture, font or connection of any other host."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response

from dashboard.payloads import YEAR_SECONDS


def policy(script_hashes: Iterable[str]) -> str:
    """Content-Security-Policy. Styles may be inline because plotly.js and Mantine write them; scripts may not."""
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *script_hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class SecurityHeaders:
    """An after_request hook. `tls`: browsers are told to come by nothing else for a year, to subdomains neither."""

    def __init__(self, content_policy: str, *, tls: bool) -> None:
        self._headers = {
            "Content-Security-Policy": content_policy,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if tls:
            self._headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}; includeSubDomains"

    def __call__(self, response: Response) -> Response:
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)
        return response
