"""Passwords: argon2id hashes, with a bound on how many are computed at once."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from operations.action_log import ActRefused

# Longer ones only cost time: a passphrase of six words is half of it.
LONGEST = 128
# Each takes 64 MiB while it is computed: a storm of guesses must not take the machine.
AT_ONCE = 2


class WeakPassword(ActRefused):
    """A new password that is not taken. `why` is one word: short, long, poor."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message, why)


class Passwords:
    """argon2id with the library's parameters (RFC 9106, second choice: 64 MiB) unless given others. One a process."""

    def __init__(self, *, min_length: int, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._min_length = min_length
        self._places = threading.BoundedSemaphore(AT_ONCE)
        # Verified where there is no account, so that an answer takes as long as for one that there is.
        self._nobody = self._hasher.hash("nobody has this password")

    @property
    def min_length(self) -> int:
        """Characters that a new password has at least."""
        return self._min_length

    def hash(self, password: str, *, login: str) -> str:
        """Raises WeakPassword for a password that is too short, too long, or the login itself."""
        if len(password) < self._min_length:
            why = f"the password has {len(password)} characters; at least {self._min_length} are needed"
            raise WeakPassword(why, "short")
        if len(password) > LONGEST:
            raise WeakPassword(f"the password has {len(password)} characters; at most {LONGEST} are read", "long")
        if login in password.lower() or len(set(password)) < 5:
            why = "the password contains the login, or fewer than five different characters: choose another"
            raise WeakPassword(why, "poor")
        return self.renew(password)

    def renew(self, password: str) -> str:
        """A hash of a password that was accepted once, whatever is asked of new ones today."""
        with self._places:
            return self._hasher.hash(password)

    def fits(self, stored: str | None, password: str) -> bool:
        """Whether `password` is the one of `stored`. False, after the same time, where nothing is stored."""
        if len(password) > LONGEST:
            return False
        with self._places:
            try:
                self._hasher.verify(stored or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)
