"""Dashboard and alerts ask for what the server tells, and lead to pages that exist."""

import json
import re
from pathlib import Path

import httpx
import yaml

from sync_server.operations.command import read_command
from tests.sync_server.collector import Collector, Device, granted
from tests.sync_server.serving import ROOT, process

FOLDER = ROOT / "installers" / "server" / "observability"
NAME = re.compile(r"swingtag_\w+")
COMMAND = re.compile(r"(?:`|^)swingtag-server ([^`\n]+?)(?:`|$)", re.MULTILINE)
LABEL = re.compile(r'(\w+)="(\w+)"')


def told(tmp_path: Path) -> str:
    """The metrics of a server at which something of each kind has happened."""
    with process(tmp_path / "data", "--admin", "127.0.0.1:0") as (child, address):
        with httpx.Client(base_url=address) as http:
            artmatt, begin = (Device(http, Collector(name)) for name in ("artmatt", "begin"))
            granted(artmatt.sign_up())
            artmatt.sync(artmatt.write())
            assert begin.post_sync().status_code == 401
        return httpx.get(f"{child.said['admin']}/metrics").text


def test_every_metric_that_is_asked_for_is_told(tmp_path: Path) -> None:
    dashboard = json.loads((FOLDER / "dashboard.json").read_text())
    alerts = yaml.safe_load((FOLDER / "alerts.yaml").read_text())
    rules = [rule for group in alerts["groups"] for rule in group["rules"]]
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for rule in rules]
    names = {name for expr in asked for name in NAME.findall(expr)}
    metrics = told(tmp_path)
    lines = {re.split(r"[{ ]", line)[0] for line in metrics.splitlines() if line[0] != "#"}
    assert names <= lines
    histogram = "swingtag_request_seconds"
    unseen = lines - names - {f"{histogram}_sum", f"{histogram}_count"}
    assert unseen == set()  # what is told can be seen
    routes = {value for expr in asked for label, value in LABEL.findall(expr) if label == "route"}
    assert all(f'route="{route}"' in metrics for route in routes)
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))


def test_every_alert_leads_to_a_page_and_every_runbook_is_reached() -> None:
    alerts = yaml.safe_load((FOLDER / "alerts.yaml").read_text())
    rules = [rule for group in alerts["groups"] for rule in group["rules"]]
    pages = {rule["annotations"]["runbook"] for rule in rules}
    assert all((ROOT / page).exists() for page in pages)
    assert len({rule["alert"] for rule in rules}) == len(rules)
    ours = [ROOT / "docs" / name for name in ("operator.md", "new-customer.md")]
    linked = "".join(page.read_text() for page in ours)
    for page in (ROOT / "docs" / "runbooks").iterdir():
        assert f"docs/runbooks/{page.name}" in pages or f"runbooks/{page.name}" in linked


def test_the_commands_in_the_pages_exist() -> None:
    pages = [*(ROOT / "docs" / "runbooks").iterdir(), ROOT / "docs" / "new-customer.md"]
    for page in [*pages, ROOT / "docs" / "operator.md"]:
        found = COMMAND.findall(page.read_text())
        assert found
        for words in found:
            read_command(words.split(), "1")
