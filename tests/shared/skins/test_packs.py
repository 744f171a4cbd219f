"""A pack is data from a stranger: whatever is in it, it becomes a skin or one clear refusal."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.skins import Role, SkinError, read_files, read_pack, write_pack
from shared.skins.contrast import PAIRS, contrast
from shared.skins.tokens import CLASSIC_DARK, CLASSIC_LIGHT, Art, Word

MANIFEST = b'name = "mine"\ntitle = "Mine"\nversion = "1.0.0"\nauthor = "Me"\n'


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 1, height: int = 1) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def zipped(*members: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def test_a_pack_that_says_nothing_is_classic() -> None:
    skin = read_files({"skin.toml": MANIFEST})
    assert (skin.light, skin.dark) == (CLASSIC_LIGHT, CLASSIC_DARK)


def test_a_pack_is_the_same_as_a_folder_and_as_a_file() -> None:
    art = b'[art]\nemblem = "crest.png"\n[words]\ncopy = "pal"\n'
    files = {"crest.png": png(), "skin.toml": MANIFEST + art}
    data = write_pack(files)
    assert data == write_pack(dict(reversed(files.items())))
    skin = read_pack(data)
    assert skin == read_files(files)
    assert skin.words[Word.COPY] == "pal"
    assert skin.art == {Art.EMBLEM: png()}


@pytest.mark.parametrize(
    "name",
    [
        "../skin.toml", "/etc/skin.toml", "a/b.png", "C:\\x.png", "\\\\host\\x.png", "x.png:stream",
        "con.png", "nul.png", "com1.png", "COM1.png", "Skin.toml", "skin.TOML", "x.png.", "x.png ",
        "é.png", "x\u202egnp.png", ".hidden.png", "x" * 80 + ".png", "a\0.png", "x.py", "x.qml",
        "x.qss", "x.so", "x.pth", "x.svg", "x.ttf", "x.desktop", "readme", "sub/",
    ],
)  # fmt: skip
def test_a_file_with_a_doubtful_name_is_refused(name: str) -> None:
    with pytest.raises(SkinError):
        read_pack(zipped(("skin.toml", MANIFEST), (name, png())))
    with pytest.raises(SkinError):
        read_files({"skin.toml": MANIFEST, name: png()})


def test_two_files_of_one_name_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(("skin.toml", MANIFEST), ("skin.toml", MANIFEST))
    with pytest.raises(SkinError, match="two files"):
        read_pack(data)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped(("skin.toml", MANIFEST), ("x.png", b"\0" * 60_000_000))
    tracemalloc.start()
    with pytest.raises(SkinError, match="unpacks to more"):
        read_pack(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def test_a_file_that_is_packed_too_tightly_is_refused() -> None:
    with pytest.raises(SkinError, match="too tightly"):
        read_pack(zipped(("skin.toml", MANIFEST), ("x.png", png() + b"\0" * 4_000_000)))


def test_a_size_that_lies_is_noticed_while_reading() -> None:
    honest = zipped(("skin.toml", MANIFEST + b"#" * 5000))
    lying = honest.replace(struct.pack("<I", len(MANIFEST) + 5000), struct.pack("<I", 60))
    with pytest.raises(SkinError):
        read_pack(lying)


def test_two_hundred_files_are_enough() -> None:
    many = [(f"x{number}.png", png()) for number in range(220)]
    with pytest.raises(SkinError, match="more than 200 files"):
        read_pack(zipped(("skin.toml", MANIFEST), *many))


def test_a_picture_must_be_a_png_of_reasonable_size() -> None:
    named = MANIFEST + b'[art]\nbackdrop = "x.png"\n'
    for data, words in ((b"GIF89a", "not a PNG"), (png(60_000, 60_000), "60000 by 60000")):
        with pytest.raises(SkinError, match=words):
            read_files({"skin.toml": named, "x.png": data})


def outcome(data: bytes) -> str:
    try:
        return f"{read_pack(data).title}."
    except SkinError as error:
        return str(error)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=0, max_size=8), st.booleans())
def test_a_damaged_pack_gives_a_skin_or_a_refusal(at: int, bytes_: bytes, cut: bool) -> None:  # noqa: FBT001 - hypothesis passes by place
    data = zipped(("skin.toml", MANIFEST))
    at %= len(data)
    damaged = data[:at] + bytes_ + (b"" if cut else data[at + len(bytes_) :])
    assert outcome(damaged).endswith(".")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("oops = 1", "oops"),
        ('[light]\nsurfaec0 = "#000000"', "surfaec0"),
        ('[light]\nsurface0 = "red"', "surface0"),
        ('[light]\nsurface0 = "url(file:///x)"', "surface0"),
        ('[dark]\naccent = "#FFFFFF"', "accent"),
        ("[shape]\nradius = 99", "radius"),
        ('[shape]\nshadow = "blur"', "blur"),
        ("[type]\nscale = 9.0", "scale"),
        ('[type]\nbody = "Comic Sans"', "Comic Sans"),
        ('[start]\nview = "qml"', "qml"),
        ('[words]\npassword = "Secret"', "password"),
        ('[words]\ncopy = ""', "copy"),
        ('[words]\ncopy = "a very long word for a small animal"', "copy"),
        ('[words]\ncopy = "a\\u202eb"', "cannot be seen"),
        ('[art]\nemblem = "none.png"', "none.png"),
        ('[art]\nfont = "x.png"', "font"),
        ("tints = []", "tints"),
        ("name = 3", "TOML"),
    ],
)
def test_what_a_manifest_may_not_say_is_named(line: str, words: str) -> None:
    with pytest.raises(SkinError, match=words):
        read_files({"skin.toml": MANIFEST + line.encode()})


@given(st.sampled_from(PAIRS), st.sampled_from(["light", "dark"]))
def test_a_pair_that_cannot_be_told_apart_is_refused_by_name(pair: object, scheme: str) -> None:
    over, under, _ = pair  # type: ignore[misc]  # a NamedTuple behind object, for hypothesis
    colors = CLASSIC_LIGHT if scheme == "light" else CLASSIC_DARK
    line = f'[{scheme}]\n{over.value} = "{colors[under]}"\n'
    with pytest.raises(SkinError) as refused:
        read_files({"skin.toml": MANIFEST + line.encode()})
    wanted = f"In [{scheme}] {over.value} on {under.value} has a contrast of 1.00"
    assert any(sentence.startswith(wanted) for sentence in refused.value.sentences)


hexes = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(hexes, hexes)
def test_contrast_is_symmetrical_and_between_1_and_21(one: str, other: str) -> None:
    assert 1.0 <= contrast(one, other) <= 21.0
    assert contrast(one, other) == contrast(other, one)


def test_contrast_agrees_with_the_published_examples() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#949494", "#ffffff") == pytest.approx(3.03, abs=0.01)


def test_every_role_has_a_colour() -> None:
    assert set(CLASSIC_LIGHT) == set(CLASSIC_DARK) == set(Role)
