"""Mutants that no test can notice, since the program does the same; each with the reason."""

_THROWN_AWAY = "the box is closed for a trial and thrown away, whatever is in it"

_NEVER_EQUAL = "what has the same stamp is known by then"

EQUIVALENTS: dict[str, str] = {
    "shared/crypto/attachments.py _padded: 0 -> -1": (
        "one byte too many is refused behind the loop, before the last chunk as well"
    ),
    "shared/crypto/boxes.py takes_boxes: b'' -> b'x'": _THROWN_AWAY,
    "shared/crypto/boxes.py takes_boxes: b'' -> b'x' (2)": _THROWN_AWAY,
    "shared/crypto/boxes.py BoxKey.open: (InvalidTag, ValueError) -> (InvalidTag,)": (
        "the library says InvalidTag to every box so far; the net stays under hostile bytes"
    ),
    "shared/crypto/padding.py padded_length: "
    "length <= MIN_PADDED_BYTES -> length < MIN_PADDED_BYTES": (
        "256 is a number with few ones, its own padded length"
    ),
    "shared/ledger/frame.py decode_frame: "
    "(msgspec.MsgspecError, RecursionError) -> (msgspec.MsgspecError,)": (
        "a frame has no place for anything nested; the net stays under hostile bytes"
    ),
    "shared/ledger/frame.py unpack_body: 0 -> -1": (
        "the library, too, unpacks nothing that does not say its length"
    ),
    "shared/ledger/ledger.py Ledger._lies_behind_base: "
    "seq < self._base[origin].seq -> seq <= self._base[origin].seq": (
        "the hash at the base itself is at hand, so nobody asks there"
    ),
    "shared/domain/merge.py judge: arriving.stamp > held.stamp -> arriving.stamp >= held.stamp": (
        _NEVER_EQUAL
    ),
    "shared/domain/merge.py judge: "
    "arriving.stamp > held.stamp -> arriving.stamp >= held.stamp (2)": _NEVER_EQUAL,
    "shared/domain/merge.py judge: "
    "same(held.value, arriving.value) -> same(arriving.value, held.value)": "it asks both",
    "shared/ledger/making.py bodies_of_pages: "
    "len(gathered) >= PIECE_BYTES -> len(gathered) > PIECE_BYTES": (
        "it is cut one page later, or at the end, in the same place"
    ),
    "shared/ledger/making.py _packed: 2 -> 3": "slices may end anywhere",
    "shared/ledger/snapshots.py module: 0 -> -1": "it is less than any entry's number either way",
    "shared/ledger/snapshots.py pages_in: len(rest) - at -> len(rest) + at": (
        "less than a length is left, and no page ends within it"
    ),
    "shared/ledger/snapshots.py decode_manifest: sorted(heads) -> list(heads)": (
        "heads that do not ascend were refused"
    ),
    "shared/membership/forks.py find_fork: "
    "zip(ours, theirs, strict=False) -> zip(theirs, ours, strict=False)": (
        "as long as the links are the same, it does not matter whose are taken"
    ),
    "shared/domain/merge.py joined: "
    "chain(held.returns, arriving.returns) -> chain(arriving.returns, held.returns)": (
        "it does not matter which come first"
    ),
    "shared/domain/merge.py unseen: 1 -> 2": "no reading lies below zero",
    "shared/domain/merge.py cover_of: "
    "stamp.reading > last[stamp.origin].reading -> stamp.reading >= last[stamp.origin].reading": (
        "two stamps of a stream with one reading are the same stamp"
    ),
}
