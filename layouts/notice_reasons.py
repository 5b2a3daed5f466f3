"""Why a notice did not arrive, in the reader's language. It is kept as the channel said it (operations/channels.py and
service_channel.py), with what the other side answered in it; a reason that nobody foresaw is shown as it was kept."""

from __future__ import annotations

import re

from layouts.words import Words

# What was kept, and the words for it; `detail` is a number or the name of a fault, the same in every language.
KEPT = (
    (r"the mail server refused the address \((?P<detail>.+)\)", "mail_address"),
    (r"the mail server refused our name and password \((?P<detail>.+)\)", "mail_password"),
    (r"the mail server answered (?P<detail>.+)", "mail_answered"),
    (r"no secure connection to the mail server: .+", "mail_secure"),
    (r"the mail server does not answer \((?P<detail>.+)\)", "mail_silent"),
    (r"no secure connection to the webhook's server: .+", "hook_secure"),
    (r"the webhook's server does not answer \((?P<detail>.+)\)", "hook_silent"),
    (r"the webhook's server answered (?P<detail>.+)", "hook_answered"),
    (r"the service of notices\.apprise_url failed \((?P<detail>.+)\)", "service_failed"),
    (r"the service of notices\.apprise_url did not take it.*", "service_silent"),
    (r"notices\.apprise_url is no address .+", "service_unknown"),
    (r"unexpected: (?P<detail>.+)", "unexpected"),
)


def reason_in_words(reason: str, words: Words) -> str:
    """Our own decisions are kept as names, which have words of their own."""
    for pattern, key in KEPT:
        found = re.fullmatch(pattern, reason)
        if found:
            return words(f"notice_reason.{key}", **found.groupdict())
    return words.named("notice_reason", reason)
