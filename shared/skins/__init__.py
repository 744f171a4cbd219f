"""Skins as data: what a pack may say, how it is read safely, and which colours can be read."""

from shared.skins.errors import SkinError
from shared.skins.pack import read_files, read_pack, write_pack
from shared.skins.tokens import Art, Role, Scheme, Skin, View, Word

__all__ = [
    "Art",
    "Role",
    "Scheme",
    "Skin",
    "SkinError",
    "View",
    "Word",
    "read_files",
    "read_pack",
    "write_pack",
]
