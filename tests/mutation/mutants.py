"""Small lies about a module's source, one at a time: what a test should notice.

Compared values, boundaries, constants, signs, conditions, arguments, slices, returned values,
filters, loops, caught errors; statements left out. Not tried: annotations of functions, decorators,
imports, docstrings, sentences for people.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from tests.mutation.lies import Function, lies_about, may_be_left_out

_LEFT_ALONE = {"decorator_list", "returns", "type_comment"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Mutant(NamedTuple):
    """A changed source. ``name`` says where and how, and holds when lines move.

    ``scope``: the function or class around.
    ``lines``: where a test must come by to notice; None if it takes effect on import.
    """

    name: str
    scope: str
    lines: range | None
    source: str


class Place(NamedTuple):
    """A node in the tree: where it hangs, and what is around it."""

    parent: ast.AST
    field: str
    at: int | None
    node: ast.AST
    scope: str
    function: Function | None
    statement: ast.stmt | None

    def put(self, node: ast.AST) -> None:
        """Hang another node there."""
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node

    @property
    def lines(self) -> range | None:
        """The lines from the statement around to the end of the node; None outside functions."""
        if self.function is None or self.statement is None:
            return None
        return range(self.statement.lineno, (getattr(self.node, "end_lineno", None) or 0) + 1)


def mutants_of(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module; no two have the same source."""
    tree = ast.parse(source)
    made, named = {ast.unparse(tree)}, Counter[str]()
    for place in list(_places(tree, Place(tree, "", None, tree, "", None, None))):
        for lie in _lies(place):
            place.put(ast.copy_location(lie, place.node))
            changed = ast.unparse(tree)
            place.put(place.node)
            if changed in made:
                continue
            made.add(changed)
            name = f"{place.scope or 'module'}: {_text(place.node)} -> {_text(lie)}"
            named[name] += 1
            number = f" ({named[name]})" if named[name] > 1 else ""
            yield Mutant(name + number, place.scope, place.lines, changed)


def _lies(place: Place) -> Iterator[ast.AST]:
    node = place.node
    yield from lies_about(node, place.parent, place.field, place.function)
    if isinstance(node, ast.stmt) and may_be_left_out(node, place.parent, place.function):
        yield ast.Pass()


def _places(node: ast.AST, around: Place) -> Iterator[Place]:
    """Yield all nodes that may be lied about, from the top down."""
    for field, value in ast.iter_fields(node):
        if field in _LEFT_ALONE or (field == "annotation" and around.function):
            continue
        several = isinstance(value, list)
        for at, child in enumerate(value if several else [value]):
            if isinstance(child, ast.AST) and not _speaks(child):
                place = _place(around, node, field, child)._replace(at=at if several else None)
                yield place
                yield from _places(child, place)


def _place(around: Place, node: ast.AST, field: str, child: ast.AST) -> Place:
    function, scope, statement = around.function, around.scope, around.statement
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) and field == "body":
        scope = f"{scope}.{node.name}" if scope else node.name
        function = node if isinstance(node, _FUNCTIONS) else function
    if isinstance(child, ast.stmt):
        statement = child
    return Place(node, field, None, child, scope, function, statement)


def _speaks(node: ast.AST) -> bool:
    """Tell whether this is a docstring, a list of names, or a sentence for people."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.Constant(value=str(text)):
            return " " in text
        case ast.Import() | ast.ImportFrom():
            return True
        case _:
            return False


def _text(node: ast.AST) -> str:
    """Return a node as one short line."""
    match node:
        case ast.Pass():
            return "left out"
        case ast.For(target=target, iter=values):
            return f"for {ast.unparse(target)} in {ast.unparse(values)}"
        case _:
            return " ".join(ast.unparse(node).split())
