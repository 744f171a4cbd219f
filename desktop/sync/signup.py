"""A collection gets its place at a server: one call, on the spot."""

from collections.abc import Sequence

import httpx

from desktop.sync.courier import Courier, Stranger
from shared.ids import InvalidIdError, slug
from shared.membership import LinkWithBoxes
from shared.protocol.messages import LinkParcel, SignUpReply, SignUpRequest
from shared.protocol.problems import Code


def why_not(http: httpx.Client, server: httpx.URL, name: str) -> str:
    """Return the sentence why a name cannot be signed up; empty if it can. Raises SyncError."""
    try:
        wanted = slug(name)
    except InvalidIdError:
        return Code.SLUG_INVALID.sentence
    answer = Stranger(http, server).slug(wanted)
    if answer.available:
        return ""
    reason = Code.named(answer.code)
    return reason.sentence if reason else Code.SLUG_TAKEN.sentence


def sign_up(
    courier: Courier, name: str, links: Sequence[LinkWithBoxes], skin: str = ""
) -> SignUpReply:
    """Make the tenant: its name, its first device and its paper device.

    The same call again gets the same answer, so a lost reply costs nothing. Raises SyncError;
    RefusedError says which name or link the server did not like.
    """
    parcels = tuple(LinkParcel(made.link, made.boxes) for made in links)
    return courier.sign_up(SignUpRequest(name, parcels, skin))
