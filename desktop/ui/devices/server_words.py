"""In plain words: what each table and column at the server is, and what a server sees besides."""

from collections.abc import Mapping
from typing import NamedTuple


class Table(NamedTuple):
    """What one table holds, and what each of its columns says."""

    title: str
    about: str
    columns: Mapping[str, str]


TABLES: Mapping[str, Table] = {
    "tenant": Table(
        "Your line in its list of collectors",
        "One line. It is how the server finds your collection when a device calls.",
        {
            "id": "the id of your collection, which tells nothing else",
            "slug": "your name at this server, which is in your address there",
            "skin": "the look of your page there",
            "plan": "how much you may store",
            "created": "when you signed up, in milliseconds since 1970",
            "suspended": "whether the operator has stopped the account",
            "pseudonym_key": "a random key, so that its log need not name you",
            "leaving": "whether you have asked to be deleted",
            "shard": "which of the server's stores your collection lies in",
            "moving": "which store it is being moved to, empty for none",
            "restoring": "which sealed backup the operator is putting back, 0 for none",
            "skeleton": "what your name looks like, so that nobody takes one too much like it",
        },
    ),
    "entry": Table(
        "Sealed edits",
        "What your devices wrote, as sealed bytes. Sizes are rounded up before they are sealed.",
        {
            "position": "the order in which they arrived",
            "stream": "which device wrote it",
            "seq": "its number among the entries of that device",
            "hash": "a checksum of the sealed bytes",
            "sealed": "the sealed bytes, which nobody without your keys can open",
        },
    ),
    "snapshot": Table(
        "Sealed summaries",
        "So that edits need not pile up, your devices write down from time to time what they have "
        "come to. The newest one stands for all edits before it.",
        {
            "hash": "a checksum of the sealed bytes",
            "n": "its number",
            "base": "whether it is in use, or waits for your devices to agree",
            "maker": "which device made it",
            "heads": "up to which edit of each device it goes",
            "objects": "which sealed pieces and which history belong to it",
            "sealed": "the sealed list of its pieces",
        },
    ),
    "approval": Table(
        "Who agrees with a summary",
        "Edits are dropped only when every device that was here lately has signed the same.",
        {
            "snapshot": "which summary",
            "device": "which device",
            "signature": "its signature",
        },
    ),
    "object": Table(
        "Pieces of summaries, and history",
        "Sealed pieces: what your collection holds, and your edits of the past.",
        {
            "hash": "a checksum of the sealed bytes",
            "kind": "4 for a piece of a summary, 3 for history",
            "bytes": "how large it is, sealed",
            "deadline": "when it will be deleted, if nothing refers to it any more",
            "sealed": "the sealed bytes, which nobody without your keys can open",
        },
    ),
    "visit": Table(
        "When each device was last here",
        "To the day. The server waits for the agreement of devices seen within 90 days.",
        {
            "device": "which device",
            "at": "the day, in milliseconds since 1970",
        },
    ),
    "stream": Table(
        "How much each device wrote",
        "One line for each device, and another one each time it was put back from a backup.",
        {
            "id": "a number of the server's own",
            "device": "a random number that stands for the device, not its name",
            "incarnation": "a random number that changes when a device was put back",
            "seq": "the number of its last edit",
            "hash": "a checksum of its last edit",
            "entries": "how many entries it sent",
            "bytes": "how many sealed bytes that were",
        },
    ),
    "link": Table(
        "The signed list of your devices",
        "Who let in or removed whom: random numbers and public keys, in order. No names.",
        {"n": "its place in the list", "link": "the signed line itself"},
    ),
    "box": Table(
        "Sealed keys",
        "Your collection's key, sealed once for each device. Only that device can open its own.",
        {
            "link": "the line of the list that it came with",
            "device": "which device it is for",
            "box": "the sealed key",
        },
    ),
    "file": Table(
        "Sealed pictures",
        "How many pictures and thumbnails there are and how large they are; not what they show.",
        {
            "id": "a random number",
            "chunks": "in how many pieces it lies there",
            "bytes": "how large it is, sealed",
            "claimed": "whether an edit refers to it",
            "deadline": "when it will be deleted, if nothing refers to it any more",
        },
    ),
    "chunk": Table(
        "Pieces of pictures",
        "Each picture lies on the server's disk in sealed pieces of 256 KiB or less.",
        {
            "file": "which picture",
            "n": "which piece of it",
            "bytes": "how large it is",
            "hash": "a checksum of the sealed bytes",
        },
    ),
    "fact": Table(
        "Its own notes",
        "What the server notes about your file as a whole.",
        {"name": "what it is", "value": "such as the random number that names your log"},
    ),
}
UNKNOWN = Table(
    "Something newer",
    "This server is newer than this Swingtag, which cannot say what this is. Update Swingtag.",
    {},
)

SEES = (
    "When each of your devices calls, and from which network address.",
    "That these devices belong together, and which of them wrote an edit.",
    "How many edits you make and about how large they are; how many pictures, and their sizes.",
    "When a device was let in or removed.",
    "Its operator may keep backups of these sealed bytes; when you leave, their key is destroyed.",
    "In its log: times, sizes and outcomes of calls, under a name that only it can trace to you.",
)
SEES_NEVER = (
    "What you own, what you paid, where it lies: no name, number, note, date, tag or picture.",
    "What your devices are called, and your password, kit and keys.",
)
CANNOT = (
    "It could delete what it holds, hold edits back, or show two devices different histories. "
    "Your devices notice and say so; comparing the six words settles it. It cannot change an edit, "
    "make one up, or read one."
)
