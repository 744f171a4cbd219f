"""The texts from which others write clients name all that the program has, and nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.domain.currencies import CURRENCIES, decimals
from shared.domain.schema import CUSTOM_PREFIX, EMPTIED, FIELDS, TAG_PREFIX, Field, Kind
from shared.domain.vocabularies import AWAY, KNOWN_STATUSES, VOCABULARIES
from shared.envelope import Kind as Sealed
from shared.protocol import messages
from shared.protocol.problems import Code

ROOT = Path(__file__).parents[3]
FORMAT = (ROOT / "docs" / "format.md").read_text(encoding="utf-8")
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
PREFIX = "swingtag/1/"
PURPOSE_AT = {"labelled": 0, "derive": 1, "seal": 1, "open_sealed": 1, "_open": 1}
"""Which argument of the functions that label bytes is the purpose."""
PASSED_ON = {
    ("shared/crypto/sealing.py", "purpose"),
    ("shared/crypto/pairing.py", "purpose"),
    ("shared/envelope/entries.py", "kind.purpose"),
    ("shared/ledger/stored.py", "header.kind.purpose"),
    ("desktop/vault/rescue/swingtag_rescue.py", "purpose"),
}
"""Where a purpose is no constant: it was one further up, or is a kind of sealed object's."""


def section(text: str, heading: str) -> str:
    start = text.index(f"\n## {heading}\n")
    return text[start : text.find("\n## ", start + 1)]


def lines(text: str, name: str) -> list[list[str]]:
    """Return the other cells of each line of a table that begins with a name."""
    rows = (line.strip("| ").split(" | ") for line in text.splitlines())
    return [cells for first, *cells in rows if first == name]


def flat(text: str) -> str:
    return " ".join(text.split())


def purposes_in(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield each purpose in a module, and whether it is a constant."""
    text = path.read_text(encoding="utf-8")
    if PREFIX not in text and not any(f"{name}(" in text for name in PURPOSE_AT):
        return
    nodes = list(ast.walk(ast.parse(text)))
    labelling, constants = set[str](), dict[str, Any]()
    for node in nodes:
        match node:
            case ast.ImportFrom(module=str() as module, names=names) if module.startswith("shared"):
                labelling |= {alias.asname or alias.name for alias in names}
            case ast.FunctionDef(name=name, args=args) if "purpose" in {a.arg for a in args.args}:
                labelling.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                constants[name] = value
    for node in nodes:
        yield from purposes_at(node, labelling & {*PURPOSE_AT}, constants)


def purposes_at(
    node: ast.AST, labelling: set[str], constants: dict[str, Any]
) -> Iterator[tuple[str, bool]]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=args) if name in labelling:
            told = args[PURPOSE_AT[name]]
            known = told.value if isinstance(told, ast.Constant) else None
            value = known or constants.get(ast.unparse(told))
            yield value or ast.unparse(told), bool(value)
        case ast.Constant(value=str() | bytes() as value):
            said = value.decode(errors="replace") if isinstance(value, bytes) else value
            if said.startswith(PREFIX) and re.fullmatch("[a-z/]+", said[len(PREFIX) :]):
                yield said[len(PREFIX) :], True


def test_the_purposes_in_the_text_are_those_in_use() -> None:
    used, passed_on = {each.purpose for each in Sealed}, set()
    for top in ("shared", "desktop", "sync_server"):
        for path in (ROOT / top).rglob("*.py"):
            for purpose, constant in purposes_in(path):
                if constant:
                    used.add(purpose)
                else:
                    passed_on.add((path.relative_to(ROOT).as_posix(), purpose))
    assert passed_on <= PASSED_ON, "a purpose that this test cannot see"
    assert set(re.findall("`([a-z/]+)`", section(FORMAT, "Purposes in use"))) == used


def written(field: Field) -> str:
    of = f" to {field.target.value}" if field.target else f" of {field.vocabulary}"
    return f"`{field.name}` {field.type.value}{of if field.target or field.vocabulary else ''}"


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_stands_there_with_its_fields_and_their_types(kind: Kind) -> None:
    (row,) = lines(section(FORMAT, "Records"), f"`{kind.value}`")
    assert row[-1] == ", ".join(map(written, FIELDS[kind]))


def test_what_the_program_gives_a_meaning_to_is_named() -> None:
    text = section(FORMAT, "Records")
    words = {TAG_PREFIX, CUSTOM_PREFIX, EMPTIED, *VOCABULARIES, *KNOWN_STATUSES}
    assert [word for word in words if f"`{word}`" not in text] == []
    away = re.search(r"are in the\s+collection; (.*?) are not", text, re.DOTALL)
    assert away
    assert set(re.findall("`([a-z]+)`", away[1])) == AWAY


def test_currencies_with_other_units_than_hundredths_are_named() -> None:
    text = flat(section(FORMAT, "Records"))
    for places, words in ((3, "of ([A-Z ]+) a thousandth"), (0, "of ([A-Z ]+) the whole")):
        found = re.search(words, text)
        assert found
        assert set(found[1].split()) == {c for c in CURRENCIES if decimals(c) == places}


def kind_of(type_: Any) -> str:
    """Write a field's type as the page does."""
    match type_:
        case msgspec.inspect.BytesType(min_length=least, max_length=most):
            if least and least == most:
                return f"bytes {most}"
            return f"bytes {least or 0} to {most}" if most else "bytes"
        case msgspec.inspect.StrType(max_length=most):
            return f"text up to {most}" if most else "text"
        case msgspec.inspect.IntType():
            return "number"
        case msgspec.inspect.BoolType():
            return "yes or no"
        case msgspec.inspect.VarTupleType(item_type=item):
            return f"array of {kind_of(item)}"
        case msgspec.inspect.StructType(cls=struct):
            return f"{struct.__name__}"
    raise AssertionError(type_)


def shape_of(struct: type[msgspec.Struct]) -> str:
    fields = msgspec.inspect.type_info(struct).fields
    return ", ".join(
        f"`{field.name}`{'' if field.required else '?'} {kind_of(field.type)}" for field in fields
    )


STRUCTS = [
    each
    for each in vars(messages).values()
    if isinstance(each, type) and issubclass(each, msgspec.Struct) and each is not messages.Message
]


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_message_stands_there_with_its_fields_in_order(struct: type[msgspec.Struct]) -> None:
    assert lines(section(PROTOCOL, "Messages"), struct.__name__) == [[shape_of(struct)]]


def test_every_refusal_stands_there_with_its_status() -> None:
    rows = set(re.findall(r"^\| (\d{3}) \| `([a-z_]+)` \|", PROTOCOL, re.MULTILINE))
    assert rows == {(str(code.status), code.value[0]) for code in Code}


def test_a_new_purpose_would_be_noticed(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        "from shared.crypto.sealing import derive, seal\n_LATE = 'late'\n"
        "seal(key, 'new/one', b'', b'') + b'swingtag/1/other' + derive(key, _LATE)\n"
        "derive(key, given)\n"
    )
    told = {("new/one", True), ("other", True), ("late", True), ("given", False)}
    assert set(purposes_in(module)) == told
