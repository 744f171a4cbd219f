"""Backups that the operator keeps of a tenant: sealed by the collector, wrapped by the server.

Nobody can read what is in them, and when the tenant leaves their key is destroyed: every copy of
them is noise from then on, wherever it lies.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared.ids import Slug
from sync_server.storage.backup_shelf import Backup
from sync_server.storage.books import AuditLine
from sync_server.storage.directory import Tenant
from sync_server.storage.errors import StorageError
from sync_server.storage.wrapping import unwrap, wrap
from sync_server.tenancy.desk import NoSuchTenantError
from sync_server.tenancy.journal import tenant_pseudonym
from sync_server.tenancy.premises import Premises
from sync_server.tenancy.relocation import Relocation

KEPT = 7
"""How many backups of a tenant are kept unless the operator says otherwise."""
_SUFFIX = ".swingtag-backup"


class NoSuchBackupError(Exception):
    """There is no such backup of this tenant. ``swingtag-server tenant backups`` lists them."""


@dataclass(frozen=True, slots=True)
class Backups:
    """Makes backups, beside a server that runs, and puts them back, without one that does."""

    premises: Premises
    now: Callable[[], int]

    def make(self, name: str, *, keep: int = KEPT, into: Path | None = None) -> Backup:
        """Make one more backup; the oldest ones go when there are more than ``keep``.

        ``into``: the folder for it, by default one in the data folder. NoSuchTenantError, OSError.
        """
        tenant, shelf = self._find(name), self.premises.backups
        home = (into or self.premises.folder / "backups").absolute() / tenant.id.hex()
        home.mkdir(parents=True, exist_ok=True)
        self._sweep(tenant, home)
        draft, place = home / "draft", home / f"{self.now()}{_SUFFIX}"
        try:
            self._relocation().write(tenant, draft)
            wrap(draft, place, shelf.key(tenant.id), self.premises.books.random)
        finally:
            draft.unlink(missing_ok=True)
        made = Backup(0, self.now(), place.stat().st_size, str(place))
        made = made._replace(n=shelf.add(tenant.id, made))
        for old in shelf.of(tenant.id)[: -max(1, keep)]:
            _delete(old)
            shelf.forget(old)
        self._note("backup", tenant)
        return made

    def of(self, name: str) -> list[Backup]:
        """Return a tenant's backups, oldest first."""
        return self.premises.backups.of(self._find(name).id)

    def ask_restore(self, name: str, n: int | None) -> Tenant:
        """Ask for a backup to be put back, by default the last one; again is fine.

        The tenant is shut out until it is done. The backup is read through before.
        Raises NoSuchTenantError, NoSuchBackupError, StorageError.
        """
        tenant = self._find(name)
        if tenant.restoring:
            return tenant
        found = self._backup(tenant, n)
        key = self.premises.backups.key(tenant.id)
        if not sum(map(len, unwrap(Path(found.place), key))):
            raise StorageError("This backup is empty.")
        self.premises.directory.put_back(tenant.id, found.n)
        self._note("restore_asked", tenant)
        return tenant

    def is_restored(self, tenant: Tenant) -> bool | None:
        """Tell whether what was asked for has been done; None while it is under way."""
        found = self.premises.directory.find(tenant.id)
        if found is not None and found.restoring:
            return None
        who = tenant_pseudonym(tenant.pseudonym_key)
        done = [line.action for line in self.premises.books.audit() if line.tenant == who]
        return done[-1:] == ["restore"]

    def put_back(self, tenant: Tenant) -> None:
        """Put the backup that was asked for in the place of what is there. Nothing may be open.

        Every step may be the last one before a crash: then it begins again.
        """
        key = self.premises.backups.key(tenant.id)
        draft = self.premises.folder / f"restoring-{tenant.id.hex()}"
        action = "restore"
        try:
            found = self._backup(tenant, tenant.restoring)
            with draft.open("wb") as file:
                file.writelines(unwrap(Path(found.place), key))
            self._relocation().replace(draft, tenant)
        except (StorageError, NoSuchBackupError):
            action = "restore_failed"  # what is there stays
        draft.unlink(missing_ok=True)
        self._note(action, tenant)
        self.premises.directory.put_back(tenant.id, 0)

    def told(self, tenant: Tenant) -> tuple[str, ...]:
        """Say of each backup what a teardown does with it, for the receipt."""
        return tuple(map(_farewell, self.premises.backups.of(tenant.id)))

    def delete(self, tenant: Tenant) -> None:
        """Delete the files of a tenant that leaves; their key goes with its line. Again is fine."""
        homes = {Path(each.place).parent for each in self.premises.backups.of(tenant.id)}
        for home in (*homes, self.premises.folder / "backups" / tenant.id.hex()):
            if home.exists():
                shutil.rmtree(home)

    def _sweep(self, tenant: Tenant, home: Path) -> None:
        """Delete what an attempt left that was interrupted."""
        known = {each.place for each in self.premises.backups.of(tenant.id)}
        for file in home.iterdir():
            if file.is_dir():
                shutil.rmtree(file)
            elif str(file) not in known:
                file.unlink()

    def _backup(self, tenant: Tenant, n: int | None) -> Backup:
        kept = self.premises.backups.of(tenant.id)
        wanted = [each for each in kept if n in {None, each.n}]
        if not wanted:
            raise NoSuchBackupError
        return wanted[-1]

    def _find(self, name: str) -> Tenant:
        found = self.premises.directory.named(Slug(name))
        if found is None or found.leaving:
            raise NoSuchTenantError
        return found

    def _relocation(self) -> Relocation:
        return Relocation(self.premises, self.now)

    def _note(self, action: str, tenant: Tenant) -> None:
        who = tenant_pseudonym(tenant.pseudonym_key)
        self.premises.books.note(AuditLine(self.now(), action, who, ""))


def _delete(backup: Backup) -> None:
    Path(backup.place).unlink(missing_ok=True)


def _farewell(backup: Backup) -> str:
    is_here = Path(backup.place).exists()
    fate = "file deleted" if is_here else "file not found where it was written"
    return f"backup {backup.n} of {backup.bytes} bytes: {fate}; its key destroyed"
