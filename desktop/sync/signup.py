"""A collection gets its place at a server: one call, on the spot."""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from desktop.sync.courier import Courier, Stranger
from desktop.sync.errors import RefusedError
from shared.ids import InvalidIdError, Slug, slug
from shared.membership import LinkWithBoxes
from shared.protocol.messages import LinkParcel, SignUpReply, SignUpRequest
from shared.protocol.problems import Code
from shared.protocol.puzzle import solve

_ATTEMPTS = 3
"""The server may want a harder sum while this one is being done."""
_MOST_BITS = 26
"""Some minutes of work: no honest server asks for more."""
_BITS_AT, _CHALLENGE_BYTES = 8, 25


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a name can be had. ``why_not``: a sentence, or empty.

    ``invitation``: it takes the code that the operator gave out for it.
    """

    why_not: str = ""
    invitation: bool = False


def availability(http: httpx.Client, server: httpx.URL, name: str) -> Availability:
    """Ask whether a name can be signed up. Raises SyncError."""
    try:
        wanted = slug(name)
    except InvalidIdError:
        return Availability(Code.SLUG_INVALID.sentence)
    answer = Stranger(http, server).slug(wanted)
    if answer.available:
        return Availability(invitation=answer.invitation)
    reason = Code.named(answer.code)
    return Availability(reason.sentence if reason else Code.SLUG_TAKEN.sentence)


def sign_up(
    courier: Courier,
    name: str,
    links: Sequence[LinkWithBoxes],
    *,
    skin: str = "",
    invitation: str = "",
) -> SignUpReply:
    """Make the tenant: its name, its first device and its paper device.

    The sum that the server may ask for is done here, in some tenths of a second. The same call
    again gets the same answer, so a lost reply costs nothing. Raises SyncError; RefusedError says
    which name or link the server did not like.
    """
    parcels = tuple(LinkParcel(made.link, made.boxes) for made in links)
    for attempt in range(1, _ATTEMPTS + 1):
        proof = _proof(courier.stranger, name)
        try:
            return courier.sign_up(SignUpRequest(name, parcels, skin, invitation, proof))
        except RefusedError as error:
            if error.refusal.code is not Code.PROOF or attempt == _ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")


def _proof(stranger: Stranger, name: str) -> bytes:
    """Do the sum that a sign-up under a name costs; empty if it costs none."""
    try:
        challenge = bytes.fromhex(stranger.slug(Slug(name)).challenge)
    except ValueError:
        return b""
    if len(challenge) != _CHALLENGE_BYTES or challenge[_BITS_AT] > _MOST_BITS:
        return b""
    return challenge + solve(challenge, challenge[_BITS_AT])
