"""Whatever apprise speaks to, as a channel: chat rooms, SMS gateways, push services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import apprise

from operations.channels import Message, Undelivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One address of apprise's kind, such as `tgram://…`; for several services that of an apprise server of one's own,
    which hands on what it gets. A service knows no key of a notice: sent once more after a death it arrives twice."""

    url: str
    timeout_seconds: float = 10.0
    name: str = "apprise"

    def send(self, message: Message) -> None:
        service = self._service()
        try:
            taken = bool(service.notify(title=message.subject, body=message.body))
        except Exception as error:  # one of some hundred plugins, each with faults of its own
            raise Undelivered(f"the service of notices.apprise_url failed ({type(error).__name__})") from error
        if not taken:
            raise Undelivered("the service of notices.apprise_url did not take it, or does not answer")

    def _service(self) -> Any:  # noqa: ANN401 - each plugin is a class of its own
        """Made anew for each notice: plugins remember what went before. Raises Undelivered."""
        asset = apprise.AppriseAsset(secure_logging=True, async_mode=False, storage_mode="memory")
        service: Any = apprise.Apprise.instantiate(self.url, asset=asset)
        if not service:
            raise Undelivered("notices.apprise_url is no address that apprise knows: compare its list", final=True)
        service.socket_connect_timeout = service.socket_read_timeout = self.timeout_seconds
        return service
