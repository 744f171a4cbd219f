"""How large and how often: the numbers that both sides hold each other to.

All sizes are bytes, all times seconds unless the name says otherwise.
"""

from shared.envelope import MAX_SEALED_BYTES
from shared.membership.links import MAX_LINK_BYTES

KIB = 1024
MIB = 1024 * KIB

REQUEST_BYTES = 8 * MIB
"""The largest body of a request."""
PAGE_BYTES = 4 * MIB
"""Where a reply stops adding entries; a single larger entry still travels alone."""
ENTRY_BYTES = MAX_SEALED_BYTES
"""The largest sealed entry: a body of 1 MiB, padded, with its header and seal."""
EVENT_ENTRY_BYTES = 4 * KIB
"""The largest entry that rides in a wake-up; a larger one is announced and pulled."""
OBJECT_BYTES = MAX_SEALED_BYTES
"""The largest piece of a snapshot, or history segment."""
CHUNK_BYTES = 256 * KIB + 64
"""One sealed chunk of an attachment: 256 KiB of content and its seal."""
CHUNKS_PER_FILE = 4096
"""1 GiB: enough for a film of a shelf."""
FILES_PER_REPLY = 50_000
"""Attachments that one reply lists: about 1 MiB."""
DOORS_PER_REPLY = 64
"""Chunks for which one reply names URLs: 16 MiB."""
SLOT_BYTES = 8 * KIB
"""One message of a pairing mailbox.

A device's public keys with the post-quantum half are about 1.3 KiB. The chain of devices does
not travel through the mailbox: a device that was added fetches it with its own key.
"""
SLOTS_PER_BOX = 8
"""Messages that one pairing may use."""
LINK_BYTES = MAX_LINK_BYTES
"""One signed link of the chain of devices."""
BOX_BYTES = 4 * KIB
"""One key box that belongs to a link."""

PAIR_SECONDS = 600
"""How long a pairing mailbox lives after its first message."""
STREAM_SECONDS = 600
"""How long an event stream stays open before the server closes it."""
KEEP_ALIVE_SECONDS = 25
"""How often an idle event stream says that it lives."""
SEEN_SECONDS = 90 * 86_400
"""How long after its last visit a device's approval is still wanted for a new base."""
UNCLAIMED_SECONDS = 7 * 86_400
"""How long chunks wait for a claim before they are deleted."""
RELEASED_SECONDS = 30 * 86_400
"""How long a released attachment can be claimed again."""
