"""``swingtag check``, ``backup`` and ``restore``: a collection kept safe from the command line."""

import argparse
import getpass
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from desktop.collection.backups import lacking
from desktop.collection.errors import EXPECTED, sentence
from desktop.vault.backup_file import key_by_password, key_by_words
from desktop.vault.checking import Finding
from desktop.vault.errors import DamagedVaultError
from desktop.vault.identity import read_identity
from desktop.vault.opening import Surroundings, read_key
from desktop.vault.repairing import repair
from desktop.vault.rescue import TOOL, put_tool
from desktop.vault.restoring import restore
from desktop.vault.vault import Vault
from shared.crypto.epochs import Keyring
from shared.ids import FileId

IS_THERE = "There is a file of that name already; nothing was overwritten."
FETCHED = "Sync to fetch them, if another device or the server has them."
_FOUND, _SOUND = 1, 0


def run(asked: argparse.Namespace, ask: Callable[[str], str] = getpass.getpass) -> int:
    """Run one of the commands: 0 when all is well, 1 when something is not."""
    surroundings = Surroundings(lambda: time.time_ns() // 1_000_000, os.urandom)
    command = {"check": _check, "backup": _backup, "restore": _restore}[asked.command]
    try:
        return command(asked, surroundings, ask)
    except EXPECTED as error:
        _say(sentence(error))
    return _FOUND


def _check(asked: argparse.Namespace, surroundings: Surroundings, ask: Callable[[str], str]) -> int:
    key = read_key(asked.collection, ask("Password: "))
    try:
        vault = Vault.open_with_key(asked.collection, key, surroundings)
    except DamagedVaultError:
        if not asked.repair:
            raise
        return _repair(asked.collection, key, None, surroundings)
    try:
        keyring = read_identity(vault.secrets).keyring
        found = vault.checkup.examine(keyring)
        for finding in found if asked.repair else ():
            if finding.file:
                vault.checkup.set_aside(FileId(finding.file))
    finally:
        vault.close()
    return _tell(asked, found, partial(_repair, asked.collection, key, keyring, surroundings))


def _tell(asked: argparse.Namespace, found: Sequence[Finding], mend: Callable[[], int]) -> int:
    """Say what was found, and mend it if that was asked for."""
    for finding in found:
        _say(finding.sentence)
    if not found:
        _say("Everything was read, and all of it is as its history says.")
        return _SOUND
    if not asked.repair:
        _say("To repair it: swingtag check --repair, then sync.")
        return _FOUND
    if all(finding.file for finding in found):
        _say("The damaged pictures were set aside. Sync to fetch them again.")
        return _FOUND
    return mend()


def _repair(folder: Path, key: bytes, keyring: Keyring | None, surroundings: Surroundings) -> int:
    done = repair(folder, key, keyring, surroundings)
    _say("The collection was told again from its history; the damaged file lies beside it.")
    _say("Undo begins anew: what you did before stays, and can no longer be undone step by step.")
    if done.entries or done.rows:
        _say(f"{done.entries + done.rows} parts of the history are missing. Sync to fetch them.")
    return _FOUND if done.entries or done.rows else _SOUND


def _backup(
    asked: argparse.Namespace, surroundings: Surroundings, ask: Callable[[str], str]
) -> int:
    if asked.file.exists():
        _say(IS_THERE)
        return _FOUND
    password = ask("Password: ")
    vault = Vault.unlock(asked.collection, password, surroundings)
    try:
        content = vault.backups.make(asked.file, {"made": str(surroundings.now_millis())})
    finally:
        vault.close()
    put_tool(asked.file.parent)
    told = f"{content.pieces:,} pieces and {content.photos:,} bytes of photos"
    _say(f"The backup was written, and opened again to prove it: {told}.")
    _say(f"Beside it lies {TOOL}, which reads it without Swingtag.")
    if content.lack:
        _say(lacking(content.lack, "{:,}".format))
    return _FOUND if content.lack else _SOUND


def _restore(
    asked: argparse.Namespace, surroundings: Surroundings, ask: Callable[[str], str]
) -> int:
    if asked.kit:
        key = key_by_words(asked.file, ask("The 24 words: "))
    else:
        key = key_by_password(asked.file, ask("Password of the backup: "))
    password = ask("A password for the restored collection: ")
    restored = restore(asked.file, key, asked.collection, password, surroundings)
    _say(f"Restored beside your other collections, with {restored.photos:,} photos and thumbnails.")
    if not restored.whole:
        _say(
            f"The backup is damaged: {restored.missing} parts are missing, perhaps its end as well."
            " All the rest was restored."
        )
    if restored.lacking:
        _say(f"Photos and thumbnails that were not in it: {restored.lacking:,}. {FETCHED}")
    return _SOUND if restored.whole and not restored.lacking else _FOUND


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
