"""The table of attacks: for each row what the server does, and how one such lie is told.

Ids are those of the threat list. ``K2`` to ``K4`` are the kinds of sealed objects, ``KA`` the
approvals of snapshots.
"""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from shared.ledger import Code
from tests.attacks import entries, history, keys, membership, metadata, summaries

Tell = Callable[[Random], str]


class Row(NamedTuple):
    """``says``: what the server does. ``tells``: the ways in which it is tried in memory."""

    says: str
    tells: tuple[Tell, ...]

    def tell(self, luck: Random) -> str:
        """Try one lie; say what came of it, or raise BelievedError, or whatever escaped."""
        return luck.choice(self.tells)(luck)


_ANY = entries.lie
ROWS: dict[str, Row] = {
    "A1": Row(
        "a box with a key is changed, exchanged, or holds another key",
        (keys.tell_changed_box, keys.tell_changed_box, keys.tell_commitment_of_another_key),
    ),
    "A2": Row(
        "public keys beside genuine ones are exchanged",
        (membership.tell_chain(membership.a2_public_keys_swapped),),
    ),
    "A3": Row(
        "a chain of its own, or half of one",
        (membership.tell_chain(membership.a3_chain_of_its_own),),
    ),
    "A4": Row(
        "a device is slipped in; links are changed, left out, repeated",
        (
            membership.tell_chain(
                membership.a4_device_slipped_in,
                membership.a4_link_ruined,
                membership.a4_links_out_of_place,
            ),
        ),
    ),
    "A5": Row("parts of two entries are exchanged", (_ANY(entries.a5_parts_swapped),)),
    "A6": Row(
        "entries of another tenant, whole or in part",
        (_ANY(entries.a6_from_another_tenant, Code.DEVICE, Code.SIGNATURE),),
    ),
    "A7": Row("bits are flipped", (_ANY(entries.a7_bits_flipped),)),
    "A8": Row("entries are cut or lengthened", (_ANY(entries.a8_cut_short),)),
    "A9": Row("chunks of pictures are moved, mixed, cut", (summaries.tell_chunks,)),
    "A10": Row("old entries come again", (history.tell_replay,)),
    "A11": Row("the log is shuffled and thinned", (history.tell_gaps,)),
    "A12": Row("one ciphertext that opens under two keys", (keys.tell_two_keys,)),
    "A13": Row("randomness repeats, or a device is copied", (keys.tell_broken_randomness,)),
    "A14": Row("the server goes back to an older state", (history.tell_rollback,)),
    "A15": Row(
        "two devices are shown two histories",
        (history.tell_two_histories, history.tell_two_heads, summaries.tell_other_past),
    ),
    "A16": Row("one device's newest entries are held back", (history.tell_withheld,)),
    "A17": Row("an older list of devices for a newcomer", (membership.tell_old_list,)),
    "A18": Row(
        "a password is to be stretched too little, or absurdly", (keys.tell_cheap_password,)
    ),
    "A19": Row(
        "another suite, another kind, no header", (_ANY(entries.a19_other_suite, Code.MALFORMED),)
    ),
    "A20": Row("refusals with odd codes and numbers", (metadata.tell_odd_refusal,)),
    "A21": Row(
        "fields in plain sight are changed",
        (_ANY(entries.a21_field_changed), metadata.tell_ruined_answer),
    ),
    "A22": Row(
        "entries by somebody with the key to seal and not the key to sign",
        (_ANY(entries.a22_without_the_key_to_sign, Code.DEVICE, Code.SIGNATURE),),
    ),
    "A26": Row("answers with a recovery that nobody specified", (metadata.tell_invented_fields,)),
    "A28": Row(
        "an epoch whose key the server knows; a removal without a new key",
        (membership.tell_chain(membership.a28_key_of_the_attacker),),
    ),
    "A29": Row(
        "a removed device goes on writing, and signs links",
        (
            _ANY(entries.a29_written_after_the_cut, Code.CUT),
            history.tell_late,
            membership.tell_chain(membership.a29_links_of_a_removed_device),
        ),
    ),
    "A30": Row(
        "a removal is hidden, later entries are shown", (membership.tell_of_hidden_removal,)
    ),
    "A31": Row(
        "a copy of a device writes another entry under a number", (entries.tell_written_twice,)
    ),
    "A32": Row("a signature is used for another request", (metadata.tell_stolen_request,)),
    "K2": Row("a snapshot is changed", (summaries.tell_snapshot,)),
    "K3": Row("a piece of history is changed or exchanged", (summaries.tell_segment,)),
    "K4": Row("a piece of a snapshot is changed or exchanged", (summaries.tell_piece,)),
    "KA": Row("approvals are made up, or nobody vouches any more", (summaries.tell_approval,)),
}

NOT_BUILT = {
    "A23": "no links to share exist",
    "A24": "no page for such links exists",
    "A25": "no links to share exist",
    "A27": "no invitations into a household exist",
}
"""Rows of the threat list that have nothing to attack yet."""

WITH_CLIENTS_ONLY = {
    "A33": "it is about what real clients send",
}
"""Rows that are not tried in memory, and why."""

IN_MEMORY_ONLY = {
    "A12": "who seals for two keys must be able to sign, which no server is",
    "A13": "randomness does not come from a server",
    "A18": "no server is asked how a password is stretched",
}
"""Rows that are not told to real clients, and why."""
