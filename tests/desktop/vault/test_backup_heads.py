"""The first lines of a backup need no key: anybody may have written them."""

from pathlib import Path

import pytest

from desktop.vault.backup_file import (
    MAGIC,
    DamagedBackupError,
    key_by_database,
    key_by_password,
    key_by_words,
    read_about,
)
from desktop.vault.errors import NoBackupError
from shared.signing import sha256

_UNLOCK = b'{"unlock":{"base64":"AAAA"},"sealed":'
_HEADS = {
    "no object": b"[]",
    "nothing": b"{}",
    "no JSON": b"nonsense",
    "no text": b"\xff\xfe",
    "a number": b'{"unlock": 5}',
    "no base64": b'{"unlock":{"base64":"!"}}',
    "base64 of nothing": b'{"unlock":{"base64":null}}',
    "deep": b"[" * 100_000,
    "another type": _UNLOCK + b'5,"kit":{"base64":""}}',
    "more of another type": _UNLOCK + b'{"base64":""},"kit":{"base64":""},"name":5}',
}


@pytest.mark.parametrize("body", _HEADS.values(), ids=_HEADS.keys())
def test_a_head_that_is_none_is_called_damaged(body: bytes, tmp_path: Path) -> None:
    path = tmp_path / "artmatt.swingbackup"
    path.write_bytes(MAGIC + len(body).to_bytes(4) + body + sha256(body))
    with pytest.raises(DamagedBackupError):
        key_by_password(path, "password")
    with pytest.raises(DamagedBackupError):
        key_by_words(path, "abandon " * 23 + "art")
    with pytest.raises(DamagedBackupError):
        key_by_database(path, bytes(32))


def test_a_backup_that_is_gone_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(NoBackupError):
        read_about(tmp_path / "gone.swingbackup")
