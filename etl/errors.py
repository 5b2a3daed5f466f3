"""Why a feed did not deliver. The message names the field and the fix; it is shown on the page as it is."""


class FeedRejected(Exception):
    """The shape of a feed is wrong, or too many of its rows are: this feed stops, the others go on."""


class RegistryUnavailable(Exception):
    """The registry cannot be reached. The last good numbers stay, with their age."""
