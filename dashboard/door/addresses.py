"""Addresses that a request brings along and that somebody else may have written."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

SIGN_IN = "/dang-nhap"
PROVIDER = "/dang-nhap/oidc"
# Registered at the provider, to the letter: another one would be refused there.
PROVIDER_BACK = "/dang-nhap/oidc/tro-ve"
SIGN_OUT = "/dang-xuat"
ACCOUNT = "/tai-khoan"
PASSWORD = "/mat-khau"  # noqa: S105  # nosec B105 - an address
WALL = "/wall/enter"
DECIDE = "/quyet-dinh"
AUDIT = "/nhat-ky"
CONSOLE = "/canh-bao"
ALERT_SETTINGS = "/cai-dat"
HANDOVER = "/ban-giao"
TICKETS = "/canh-bao/phieu"
TICKETS_FILE = "/canh-bao/phieu.csv"
INTAKE = "/day-chuyen-lanh/nhap"
EXCURSION = "/day-chuyen-lanh/xu-tri"
TRANSFER = "/kho/dieu-chuyen"
PLANS = "/ke-hoach"
REPORTS = "/bao-cao"
EMS = "/api/ems"
API = "/api/v1"
API_DOCUMENT = "/api/v1/openapi.json"
HOME = "/"
LONGEST = 1000
# Nobody wants to come back to a door.
DOORS = frozenset({SIGN_IN, SIGN_OUT, PASSWORD, WALL, PROVIDER, PROVIDER_BACK})


def safe_next(asked: str | None) -> str:
    """`asked` where it is a path on this host that is a page to come back to; the board otherwise."""
    text = asked or ""
    if len(text) > LONGEST or not text.isprintable() or "\\" in text:
        return HOME
    # Browsers take "//host" and "/\host" for another host.
    if not text.startswith("/") or text.startswith("//"):
        return HOME
    try:
        parts = urlsplit(text)
    except ValueError:
        return HOME
    if parts.scheme or parts.netloc or parts.path in DOORS:
        return HOME
    # Percent signs stay as they are; what no header may hold is written out.
    return quote(text, safe="/?&=%:,+-._~#@!$'()*;[]")


def sign_in_for(asked: str, *, ended: bool = False) -> str:
    """The page to sign in that comes back to `asked`. `ended`: it then says that the session is over."""
    query = f"next={quote(safe_next(asked), safe='')}" + ("&ended=1" if ended else "")
    return f"{SIGN_IN}?{query}"
