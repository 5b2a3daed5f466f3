"""What an id token proves: OpenID Connect Core 1.0, 3.1.3.7, with nothing left to the token's own choice."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError, JoseError
from joserfc.jwk import ECKey, Key, RSAKey
from joserfc.jws import JWSRegistry

from operations.provider import Provider, ProviderTrouble, Said

# Asymmetric ones alone: what is signed by the client's secret (HS256) whoever knows the secret could have signed, and a
# public key must never serve as one.
KEY_OF = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
}
# Clocks of two machines; and how old a token may be that was made for a sign-in just now.
LEEWAY_SECONDS = 60
OLDEST_SECONDS = 600
LONGEST_SUBJECT = 255
LEAST_RSA_BITS = 2048
Published = Callable[[bool], Sequence[dict[str, Any]]]


def proven_subject(
    id_token: str, access_token: str, *, provider: Provider, keys: Published, nonce: str, now: datetime
) -> str:
    """Whom the provider names, as `provider.subject_claim` says. Raises ProviderTrouble with the first thing amiss.

    keys: the provider's published keys; asked with True where the token's is not among those that are kept.
    """
    token = _signed(id_token, keys)
    seconds = int(now.timestamp())
    try:
        _claims(token, access_token, provider=provider, nonce=nonce).validate(seconds, LEEWAY_SECONDS)
    except ExpiredTokenError:
        raise ProviderTrouble("expired", Said.UNSURE) from None
    except ClaimError as error:
        raise _claim_trouble(error.claim, provider.required_claim) from None
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise ProviderTrouble("claims", Said.UNSURE) from None
    claims = token.claims
    if seconds - claims["iat"] > OLDEST_SECONDS + LEEWAY_SECONDS:
        raise ProviderTrouble("claim_iat", Said.UNSURE)
    if provider.max_age_seconds is not None:
        oldest = seconds - provider.max_age_seconds - LEEWAY_SECONDS
        if not oldest <= claims["auth_time"] <= seconds + LEEWAY_SECONDS:
            raise ProviderTrouble("claim_auth_time", Said.WEAK)
    return _subject(claims.get(provider.subject_claim))


def _claims(token: jwt.Token, access_token: str, *, provider: Provider, nonce: str) -> CodeIDToken:
    options: dict[str, Any] = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    if provider.required_claim:
        options[provider.required_claim] = {"essential": True, "values": list(provider.required_values)}
    params = {
        "client_id": provider.client_id,
        "nonce": nonce,
        "max_age": provider.max_age_seconds,
        "access_token": access_token,
    }
    return CodeIDToken(token.claims, token.header, options, params)


def _claim_trouble(claim: str, required: str) -> ProviderTrouble:
    """The claims that are looked at are known; their values are not for the log."""
    word = claim if claim in CodeIDToken.REGISTERED_CLAIMS else "missing"
    return ProviderTrouble(f"claim_{word}", Said.WEAK if claim == required else Said.UNSURE)


def _signed(id_token: str, keys: Published) -> jwt.Token:
    """The token, once one of the provider's keys has signed it."""
    header = _header(id_token)
    fitting = _fitting(header, keys(False)) or _fitting(header, keys(True))
    if not fitting:
        raise ProviderTrouble("unknown_key", Said.UNSURE)
    registry = JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
    for key in fitting:
        try:
            return jwt.decode(id_token, key, registry=registry)
        except BadSignatureError:
            continue
        except (JoseError, ValueError, TypeError, KeyError):
            raise ProviderTrouble("malformed", Said.UNSURE) from None
    raise ProviderTrouble("signature", Said.UNSURE)


def _header(id_token: str) -> dict[str, Any]:
    try:
        header = jws.extract_compact(id_token.encode()).headers()
    except (JoseError, ValueError, TypeError, KeyError):
        raise ProviderTrouble("malformed", Said.UNSURE) from None
    if header.get("alg") not in KEY_OF:
        raise ProviderTrouble("algorithm", Said.UNSURE)
    # An access token or a token of a sign-out is signed by the same key; RFC 8725, 3.11.
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise ProviderTrouble("token_type", Said.UNSURE)
    return dict(header)


def _fitting(header: dict[str, Any], published: Sequence[dict[str, Any]]) -> list[Key]:
    """Keys for this algorithm, of the name that the token gives. What the token itself brings along is no key."""
    named = [key for key in published if "kid" not in header or key.get("kid") == header["kid"]]
    found: list[Key] = []
    for key in named:
        if key.get("kty") != KEY_OF[header["alg"]] or key.get("use", "sig") != "sig":
            continue
        if key.get("alg", header["alg"]) != header["alg"]:
            continue
        try:
            found.append(_key(key))
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            continue
    return found


def _key(key: dict[str, Any]) -> Key:
    """Raises ValueError for one that is too short to be trusted (NIST SP 800-131A)."""
    if key["kty"] == "EC":
        return ECKey.import_key(_public(key))
    if len(urlsafe_b64decode(key["n"] + "==")) * 8 < LEAST_RSA_BITS:
        raise ValueError("the key is too short")
    return RSAKey.import_key(_public(key))


def _public(key: dict[str, Any]) -> Any:  # noqa: ANN401 - the library's own kind of dictionary
    return {name: key[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in key}


def _subject(found: object) -> str:
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_SUBJECT:
        raise ProviderTrouble("no_subject", Said.UNSURE)
    if not found.isascii() or not found.isprintable():
        raise ProviderTrouble("no_subject", Said.UNSURE)
    return found
