"""The page about skins names every token, and its example can be worn."""

import re
from enum import Enum
from pathlib import Path

import msgspec
import pytest

from shared.skins import Role, View, Word, read_files
from shared.skins.tokens import Art, Density, Lettering, Motion, Shadow, Shape, Start, Typeface

PAGE = (Path(__file__).parents[3] / "docs" / "skins.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "tokens",
    [Role, Word, Art, Typeface, Density, Shadow, Motion, View],
    ids=lambda kind: kind.__name__,
)
def test_every_value_is_documented(tokens: type[Enum]) -> None:
    assert [token.value for token in tokens if f"`{token.value}`" not in PAGE] == []


@pytest.mark.parametrize("part", [Lettering, Shape, Start], ids=lambda kind: kind.__name__)
def test_every_field_is_documented(part: type[msgspec.Struct]) -> None:
    fields = (field.name for field in msgspec.structs.fields(part))
    assert [name for name in fields if f"`{name}`" not in PAGE] == []


def test_the_example_can_be_worn() -> None:
    example = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert example
    assert read_files({"skin.toml": example[1].encode()}).title == "Forest"
