"""Read ``skin.toml``: text in, a whole skin or one sentence a fault out."""

import re
import tomllib
from collections.abc import Mapping
from typing import Annotated

import msgspec

from shared.skins.contrast import faults
from shared.skins.errors import SkinError
from shared.skins.tokens import (
    CLASSIC_DARK,
    CLASSIC_LIGHT,
    CLASSIC_TINTS,
    WORDS,
    Art,
    Lettering,
    Role,
    Shape,
    Skin,
    Start,
    Word,
)

_HEX = re.compile(r"#[0-9a-f]{6}")
_LONGEST_WORD = 24

_Name = Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,31}\Z")]
_Title = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
_Sentence = Annotated[str, msgspec.Meta(max_length=200)]
_Version = Annotated[str, msgspec.Meta(pattern=r"\A\d{1,4}\.\d{1,4}\.\d{1,4}\Z")]
_Tints = Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=12)]


class _Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: _Name
    title: _Title
    version: _Version
    author: _Title
    about: _Sentence = ""
    light: dict[Role, str] = {}
    dark: dict[Role, str] = {}
    tints: _Tints = CLASSIC_TINTS
    type: Lettering = Lettering()
    shape: Shape = Shape()
    start: Start = Start()
    words: dict[Word, str] = {}
    art: dict[Art, str] = {}


def read_manifest(toml: bytes, pictures: Mapping[str, bytes]) -> Skin:
    """Make a skin of ``skin.toml`` and the pack's PNG files by name, or raise SkinError."""
    manifest = _parse(toml)
    _refuse_colors(manifest)
    _refuse_words(manifest)
    skin = _skin(manifest, _art(manifest, pictures))
    if found := faults(skin):
        raise SkinError(*(str(fault) for fault in found))
    return skin


def _parse(toml: bytes) -> _Manifest:
    try:
        return msgspec.convert(tomllib.loads(toml.decode("utf-8")), _Manifest)
    except UnicodeDecodeError as error:
        raise SkinError("skin.toml is not written in UTF-8: save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise SkinError(f"skin.toml is not valid TOML: {error}.") from error
    except msgspec.ValidationError as error:
        raise SkinError(f"skin.toml: {error}. docs/skins.md lists every token.") from error


def _refuse_colors(manifest: _Manifest) -> None:
    named = {
        **{f"[light] {role.value}": color for role, color in manifest.light.items()},
        **{f"[dark] {role.value}": color for role, color in manifest.dark.items()},
        **{f"tints, number {at}": color for at, color in enumerate(manifest.tints, start=1)},
    }
    for place, color in named.items():
        if not _HEX.fullmatch(color):
            raise SkinError(
                f'skin.toml: {place} is {color!r}, and colours are written like "#c8202f".'
            )


def _refuse_words(manifest: _Manifest) -> None:
    for word, text in manifest.words.items():
        if not 1 <= len(text) <= _LONGEST_WORD:
            raise SkinError(
                f"skin.toml: [words] {word.value} needs 1 to {_LONGEST_WORD} characters."
            )
    texts = (manifest.title, manifest.author, manifest.about, *manifest.words.values())
    for text in texts:
        if not text.isprintable():
            raise SkinError(
                f"skin.toml: {text!r} holds characters that cannot be seen: take them out."
            )


def _art(manifest: _Manifest, pictures: Mapping[str, bytes]) -> dict[Art, bytes]:
    for file in manifest.art.values():
        if file not in pictures:
            raise SkinError(f"skin.toml names the picture {file}, which the pack does not hold.")
    for file in pictures:
        if file not in manifest.art.values():
            raise SkinError(f"The pack holds {file}, which skin.toml does not name in [art].")
    return {art: pictures[file] for art, file in manifest.art.items()}


def _skin(manifest: _Manifest, art: Mapping[Art, bytes]) -> Skin:
    return Skin(
        name=manifest.name,
        title=manifest.title,
        version=manifest.version,
        author=manifest.author,
        about=manifest.about,
        light={**CLASSIC_LIGHT, **manifest.light},
        dark={**CLASSIC_DARK, **manifest.dark},
        tints=manifest.tints,
        type=manifest.type,
        shape=manifest.shape,
        start=manifest.start,
        words={**WORDS, **manifest.words},
        art=art,
    )
