"""What can be said instead of one node of a syntax tree."""

import ast
from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
_OTHERS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
_NOTHING: dict[str, bytes | str | int] = {"bytes": b"", "str": "", "int": 0}


def lies_about(
    node: ast.AST, parent: ast.AST, field: str, function: Function | None
) -> Iterator[ast.AST]:
    """Yield what can stand in the place of a node."""
    match node:
        case ast.Compare() | ast.BoolOp() | ast.BinOp() | ast.UnaryOp():
            yield from _other_signs(node)
        case ast.Constant() if not isinstance(parent, ast.JoinedStr | ast.FormattedValue):
            yield from map(ast.Constant, _other_values(node.value))
        case ast.Call():
            yield from _other_calls(node)
        case ast.Slice():
            yield from _other_slices(node)
        case ast.Tuple() if isinstance(parent, ast.ExceptHandler):
            errors = node.elts
            yield from (
                ast.Tuple([e for e in errors if e is not out], ast.Load()) for out in errors
            )
        case ast.stmt():
            yield from _other_ways(node, function)
        case _:
            pass
    if isinstance(node, ast.expr):
        yield from _decided(parent, field)


def may_be_left_out(node: ast.stmt, parent: ast.AST, function: Function | None) -> bool:
    """Tell whether the program still makes sense without a statement."""
    match node:
        case ast.Expr() | ast.AugAssign() | ast.Delete() | ast.Break() | ast.Continue():
            return True
        case ast.Raise():
            return not isinstance(parent, ast.If)  # that is the condition that never holds
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) if function:
            return _bound(name, function) > 1
    return False


def _bound(name: str, function: Function) -> int:
    """Return how many times a name gets a value in a function."""
    nodes = list(ast.walk(function))
    given = [node.arg for node in nodes if isinstance(node, ast.arg)]
    names = [node for node in nodes if isinstance(node, ast.Name)]
    return [*given, *(node.id for node in names if isinstance(node.ctx, ast.Store))].count(name)


def _other_signs(node: ast.Compare | ast.BoolOp | ast.BinOp | ast.UnaryOp) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            for at, op in enumerate(ops):
                for other in _COMPARED[type(op)]:
                    yield ast.Compare(left, [*ops[:at], other(), *ops[at + 1 :]], comparators)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for at in range(len(values)):
                rest = values[:at] + values[at + 1 :]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _RECKONED:
            yield ast.BinOp(left, _RECKONED[type(op)](), right)
        case ast.UnaryOp(operand=operand):
            yield operand
        case _:
            pass


def _other_slices(node: ast.Slice) -> Iterator[ast.expr]:
    if node.lower:
        yield ast.Slice(None, node.upper, node.step)
    if node.upper:
        yield ast.Slice(node.lower, None, node.step)


def _other_ways(node: ast.stmt, function: Function | None) -> Iterator[ast.stmt]:
    match node:
        case ast.Return(value=value) if value and function:
            yield ast.Return(_other_answer(value, function))
        case ast.For():
            yield ast.For(node.target, ast.Tuple([], ast.Load()), node.body, node.orelse)
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case _:
            pass


def _other_values(value: object) -> Iterator[bool | int | str | bytes]:
    match value:
        case bool():
            yield not value
        case int():
            yield value + 1
            yield value - 1
        case str():
            yield value + "x"
        case bytes():
            yield bytes([value[0] ^ 1]) if len(value) == 1 else value + b"x"
        case _:
            pass


def _other_calls(node: ast.Call) -> Iterator[ast.expr]:
    called, given = node.func, node.args
    if isinstance(called, ast.Name) and called.id in _OTHERS:
        yield ast.Call(ast.Name(_OTHERS[called.id], ast.Load()), given, node.keywords)
    if (
        getattr(called, "id", "") in {"min", "max"}
        or getattr(called, "attr", "") == "compare_digest"
    ):
        return  # it does not matter which comes first
    for at in range(len(given) - 1):
        swapped = [*given[:at], given[at + 1], given[at], *given[at + 2 :]]
        if not any(isinstance(each, ast.Starred) for each in given[at : at + 2]):
            yield ast.Call(called, swapped, node.keywords)
    for at, keyword in enumerate(node.keywords):
        if keyword.arg and isinstance(called, ast.Name) and called.id in {"replace", "derive"}:
            yield ast.Call(called, given, node.keywords[:at] + node.keywords[at + 1 :])


def _other_answer(value: ast.expr, function: Function) -> ast.expr:
    """Return what a function answers instead, of the same type where there is one."""
    kind = ast.unparse(function.returns) if function.returns else ""
    if kind == "bool":
        return ast.UnaryOp(ast.Not(), value)
    if kind.startswith("tuple["):
        return ast.Tuple([], ast.Load())
    return ast.Constant(_NOTHING.get(kind))


def _decided(parent: ast.AST, field: str) -> Iterator[ast.expr]:
    """Yield both answers to what is asked. That a refusal always comes is no lie worth telling."""
    if field == "test" and isinstance(parent, ast.If | ast.IfExp | ast.While):
        yield ast.Constant(value=False)
        refuses = isinstance(parent, ast.If) and isinstance(parent.body[0], ast.Raise)
        if not refuses and not isinstance(parent, ast.While):
            yield ast.Constant(value=True)
    if field == "ifs" and isinstance(parent, ast.comprehension):
        yield ast.Constant(value=True)
        yield ast.Constant(value=False)
