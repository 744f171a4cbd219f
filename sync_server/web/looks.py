"""A collector's skin as a stylesheet: its colours, its form, its letters; nothing is fetched."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template

from shared.skins import Role, Scheme, Skin, SkinError, Word, read_files
from shared.skins.pack import MANIFEST
from shared.skins.tokens import Shadow, Typeface

CLASSIC = Skin()
_MOST_TINTS = 7
_MOST_CORNER = 12
_FONTS = {
    Typeface.SYSTEM: "system-ui, sans-serif",
    Typeface.ROUNDED: 'ui-rounded, "SF Pro Rounded", Nunito, Quicksand, system-ui, sans-serif',
    Typeface.MONO: 'ui-monospace, "Cascadia Code", Menlo, Consolas, monospace',
    Typeface.DISPLAY: 'ui-rounded, "SF Pro Rounded", "Baloo 2", Nunito, system-ui, sans-serif',
}
_SHADOWS = {
    Shadow.NONE: "none",
    Shadow.SOFT: "0 1px 2px rgb(0 0 0 / 8%), 0 1rem 3rem rgb(0 0 0 / 10%)",
    Shadow.HARD: ".5rem .5rem 0 var(--outline-strong)",
}
_SHEET = Template("""
:root { color-scheme: light dark; $light }
@media (prefers-color-scheme: dark) { :root { $dark } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100svh; display: grid; align-content: center;
  justify-items: center; gap: 1.5rem; padding: 1.5rem; background: var(--surface0);
  color: var(--text-normal); font: ${size}rem/1.6 $body; }
main { width: 100%; max-width: 34rem; padding: clamp(1.75rem, 6vw, 3rem); text-align: center;
  background: var(--surface1); border: ${line}px solid var($edge); border-radius: ${radius}px;
  box-shadow: $shadow; }
svg { display: block; width: 5.5rem; margin: 0 auto 1.25rem; overflow: visible; }
svg path { fill: var(--tag); stroke: var($edge); stroke-width: $line; }
svg circle { fill: var(--surface1); }
svg text { fill: var(--on-tag); font: 700 34px $heading; text-anchor: middle; }
.kind { margin: 0; color: var(--text-quiet); font-size: .9375em; }
h1 { margin: .1em 0 .6em; color: var(--text-strong); font: 700 clamp(1.75rem, 7vw, 2.5rem)/1.15
  $heading; overflow-wrap: anywhere; }
p { margin: .75em auto; max-width: 28rem; text-wrap: pretty; }
.deeds { display: flex; flex-wrap: wrap; justify-content: center; gap: .75rem; margin-top: 1.5rem; }
a { padding: .6em 1.25em; border: 1px solid var(--outline-strong); border-radius: ${corner}px;
  color: var(--text-strong); font-weight: 600; text-decoration: none; }
a.first { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
a:hover { text-decoration: underline; }
a:focus-visible { outline: 3px solid var(--focus); outline-offset: 3px; }
ul { display: flex; justify-content: center; gap: .5rem; margin: 1.75rem 0 0; padding: 0;
  list-style: none; }
li { width: .875rem; height: .875rem; border-radius: 50%; }
$tints
footer { max-width: 34rem; color: var(--text-quiet); font-size: .875rem; text-align: center; }
""")


@dataclass(frozen=True, slots=True)
class Look:
    """A stylesheet, the hash that lets browsers use it, and what a collection is called."""

    style: str
    fingerprint: str
    collection: str


def read_looks() -> Mapping[str, Look]:
    """Return the looks of the skins that come with Swingtag by name; ``classic`` always."""
    return {skin.name: _look(skin) for skin in (*_bundled(), CLASSIC)}


def _bundled() -> list[Skin]:
    try:
        folders = [folder for folder in files("themes").iterdir() if folder.is_dir()]
    except ModuleNotFoundError:  # a server without them shows everybody's page in classic
        return []
    found = (_read(folder) for folder in sorted(folders, key=lambda folder: folder.name))
    return [skin for skin in found if skin is not None]


def _read(folder: Traversable) -> Skin | None:
    try:
        return read_files(
            {
                each.name: each.read_bytes()
                for each in folder.iterdir()
                if each.name == MANIFEST or each.name.endswith(".png")
            }
        )
    except SkinError:
        return None


def _look(skin: Skin) -> Look:
    has_edge = skin.shape.shadow is Shadow.HARD
    style = _SHEET.substitute(
        light=_variables(skin, Scheme.LIGHT),
        dark=_variables(skin, Scheme.DARK),
        size=1.0625 * skin.type.scale,
        body=_FONTS[skin.type.body],
        heading=_FONTS[skin.type.heading],
        line=skin.shape.outline,
        edge="--outline-strong" if has_edge else "--outline",
        radius=skin.shape.radius,
        corner=min(skin.shape.radius, _MOST_CORNER),
        shadow=_SHADOWS[skin.shape.shadow],
        tints="\n".join(
            f"li:nth-child({n}) {{ background: {tint}; }}"
            for n, tint in enumerate(skin.tints[:_MOST_TINTS], 1)
        ),
    )
    fingerprint = base64.b64encode(sha256(style.encode()).digest()).decode()
    return Look(style, fingerprint, skin.words[Word.COLLECTION])


def _variables(skin: Skin, scheme: Scheme) -> str:
    colors = skin.colors(scheme)
    return " ".join(f"--{role.value.replace('_', '-')}: {colors[role]};" for role in Role)
