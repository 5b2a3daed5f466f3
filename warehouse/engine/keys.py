"""Keys of people as 80-bit numbers. The registry's own pseudonyms are 32 hexadecimal digits and are taken as numbers;
any other text is hashed, so that whole numbers, UUIDs and names of any length serve as keys as well. All are mixed
before they are cut: digits that are no hash, such as counted ones, are then spread like one."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import polars as pl

Words = npt.NDArray[np.uint64]
Rests = npt.NDArray[np.uint32]
Bytes = npt.NDArray[np.uint8]
DIGITS = 32
# Significant bits of a key's first part.
KEY_BITS = 48
# Keys made into numbers at a time: their bytes stay in the processor's cache.
PART = 1 << 13


def key_words(keys: pl.Series) -> tuple[Words, Rests]:
    """The first 48 bits of each key, as mixed, and 32 others.

    Two different keys agree with a chance of 2^-80 a pair: one in 400 million among 75 million people."""
    if keys.is_empty():
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.uint32)
    if bool((keys.str.len_bytes() == DIGITS).all(ignore_nulls=False)):
        text = np.frombuffer(_bytes(keys), dtype=np.uint8).reshape(len(keys), DIGITS)
        parts = [text[start : start + PART] for start in range(0, len(text), PART)]
        if all(_are_digits(part) for part in parts):
            return split(np.concatenate([_packed(part) for part in parts]))
    return _mixed(keys)


def _are_digits(text: Bytes) -> bool:
    """Hexadecimal ones, with small letters."""
    return bool((((text - ord("0")) < 10) | ((text - ord("a")) < 6)).all())


def _packed(text: Bytes) -> Words:
    """Two digits a byte; letters begin nine places behind the digits that share their last four bits."""
    digit = (text & 0x0F) + (text >> 6) * 9
    return ((digit[:, 0::2] << 4) | digit[:, 1::2]).view(">u8")


def _bytes(keys: pl.Series) -> memoryview:
    """All keys after one another, without a Python object for each. None of them is missing."""
    # Of an Arrow text of the oldest kind: starts of the texts as 64-bit numbers, then the texts themselves.
    array = keys.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, data = array.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int64)
    return memoryview(data)[bounds[array.offset] : bounds[array.offset + len(array)]]


def id_numbers(keys: pl.Series) -> npt.NDArray[np.int64]:
    """Record numbers as they are; text keys as the first 63 bits of their hash."""
    if keys.dtype.is_integer():
        return keys.cast(pl.Int64).to_numpy()
    hashed = [int.from_bytes(_digest(key)[:8], "big") >> 1 for key in keys.to_list()]
    return np.array(hashed, dtype=np.int64)


def _mixed(keys: pl.Series) -> tuple[Words, Rests]:
    digests = [bytes.fromhex(key) if _is_pseudonym(key) else _digest(key) for key in keys.to_list()]
    packed = np.frombuffer(b"".join(digests), dtype=">u8").reshape(len(keys), 2)
    return split(packed)


def split(packed: npt.NDArray[np.uint64]) -> tuple[Words, Rests]:
    """`packed`: the two halves of each key.

    What is cut comes from two numbers that together say all of the key: neither half of it is favoured."""
    first = mixed(packed[:, 0].astype(np.uint64))
    second = mixed(packed[:, 1].astype(np.uint64) + first)
    first += second
    return second >> np.uint64(64 - KEY_BITS), (mixed(first) >> np.uint64(32)).astype(np.uint32)


def mixed(words: Words) -> Words:
    """Each word as another one, in place: one to one, and each bit of it depends on all bits. The finaliser of
    SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014)."""
    words += np.uint64(0x9E3779B97F4A7C15)
    words ^= words >> np.uint64(30)
    words *= np.uint64(0xBF58476D1CE4E5B9)
    words ^= words >> np.uint64(27)
    words *= np.uint64(0x94D049BB133111EB)
    words ^= words >> np.uint64(31)
    return words


def _is_pseudonym(key: str) -> bool:
    return len(key) == DIGITS and all(digit in "0123456789abcdef" for digit in key)


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16).digest()
