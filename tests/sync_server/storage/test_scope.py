"""A store call that names a tenant does not exist: the store is the scope."""

import ast
import re
from pathlib import Path

import pytest

STORAGE = Path(__file__).parents[3] / "sync_server" / "storage"
SCOPED = (
    "tenant_store.py",
    "entry_log.py",
    "link_shelf.py",
    "file_shelf.py",
    "base_shelf.py",
    "log_start.py",
    "survey.py",
    "sqlite/chunk_folder.py",
    "sqlite/database.py",
    "postgres/chunk_table.py",
    "postgres/database.py",
    "postgres/moving.py",
)
_ALLOWED = {"__init__", "check_parcels"}
"""What makes a store for a tenant, and what checks whom a newcomer's links are of."""


def functions(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("name", SCOPED)
def test_no_method_of_a_store_takes_a_tenant(name: str) -> None:
    for function in functions(STORAGE / name):
        arguments = function.args
        taken = {each.arg for each in (*arguments.args, *arguments.kwonlyargs)}
        named = {ast.unparse(each.annotation) for each in arguments.args if each.annotation}
        if function.name not in _ALLOWED:
            assert not taken & {"tenant", "tenants"}, (name, function.name)
            assert "TenantId" not in named, (name, function.name)


def test_no_statement_takes_columns_by_their_place_or_picks_a_schema() -> None:
    for path in STORAGE.rglob("*.py"):
        text = re.sub(r'"\s*\n\s*f?"', "", path.read_text(encoding="utf-8"))
        assert not re.search(r"INSERT INTO \w+ VALUES", text), path
        if path.name in SCOPED:
            assert not re.search(r"search_path|SET ROLE", text), path
