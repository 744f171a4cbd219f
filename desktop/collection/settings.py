"""Preferences: those that follow the collector to every device, and those of this one."""

from desktop.collection.copies import Write
from desktop.collection.naming import named
from desktop.vault.vault import Records, Secrets
from shared.domain.operations import Change, Put
from shared.domain.schema import Kind

NAME = "name"
"""The preference that says what the collection is called."""
CALLED = "called"
"""The preference of this device that gives a restored collection a name of its own here."""
_LOCAL = "local/"


class Settings:
    """Texts by name. A screen makes of them what it likes."""

    def __init__(self, records: Records, secrets: Secrets, write: Write) -> None:
        self._records = records
        self._secrets = secrets
        self._write = write

    def get(self, name: str, default: str = "") -> str:
        """Return a preference that is the same on every device."""
        return read_setting(self._records, name, default)

    def put(self, name: str, value: str, label: str) -> Change:
        """Set a preference on every device; ``label`` names the step."""
        return self._write(label, [setting(name, value)])

    def here(self, name: str, default: str = "") -> str:
        """Return a preference of this device, such as the window's size."""
        kept = self._secrets.get(_LOCAL + name)
        return default if kept is None else kept.decode()

    def put_here(self, name: str, value: str) -> None:
        """Set a preference of this device. It is no step, and nothing is sent."""
        self._secrets.put(_LOCAL + name, value.encode())


def setting(name: str, value: str) -> Put:
    """Return what sets a preference on every device."""
    return Put(Kind.SETTING, named(Kind.SETTING, name), {"name": name, "value": value})


def read_setting(records: Records, name: str, default: str) -> str:
    """Return a preference that is the same on every device."""
    value = (records.fields(Kind.SETTING, named(Kind.SETTING, name)) or {}).get("value")
    return value if isinstance(value, str) else default


def keep_name_here(secrets: Secrets, name: str) -> None:
    """Give a collection a name of its own on this device."""
    secrets.put(_LOCAL + CALLED, name.encode())


def name_here(secrets: Secrets) -> str:
    """Return a collection's own name on this device; empty if it has none."""
    return (secrets.get(_LOCAL + CALLED) or b"").decode()
