"""The compose files say what the server understands, and keep secrets out of sight."""

import re
from pathlib import Path

import pytest
import yaml

from sync_server.operations.command import RunSettings, read_command
from sync_server.storage.s3.address import read_address

FOLDER = Path(__file__).parents[3] / "installers/server"
HOUSE = FOLDER / "compose.house.yaml"
FILES = [HOUSE, FOLDER / "compose.yaml"]
FILLED = {
    "DOMAIN": "beanie.example",
    "ALARM_ADDRESS": "you@beanie.example",
    "DATABASE_PASSWORD": "a-secret-of-the-database",
    "FILES_PASSWORD": "a-secret-of-the-store",
}


def services(path):
    text = re.sub(r"\$\{(\w+)\}", lambda found: FILLED[found[1]], path.read_text())
    return yaml.safe_load(text)["services"]


def asked_for(path):
    return set(re.findall(r"\{?\$\{?(\w+)\}", path.read_text()))


def test_every_variable_is_in_the_example():
    example = re.findall(r"^(\w+)=", (FOLDER / "house.env.example").read_text(), re.MULTILINE)
    assert asked_for(HOUSE) == set(example) == set(FILLED)
    proxy = services(HOUSE)["proxy"]
    assert asked_for(FOLDER / "Caddyfile") == set(proxy["environment"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_image_is_built_here_or_has_a_tag(path):
    for service in services(path).values():
        assert "build" in service or re.fullmatch(r"[\w./-]+:[\w.]+", service["image"])


def test_the_server_understands_its_command_line():
    server = services(HOUSE)["server"]
    settings = read_command(server["command"], "1.2.3")
    assert isinstance(settings, RunSettings)
    assert settings.public_name == FILLED["DOMAIN"]
    assert settings.proxy == services(HOUSE)["proxy"]["networks"]["house"]["ipv4_address"]
    bucket = read_address(server["environment"]["SWINGTAG_FILES"])
    assert bucket.public == f"https://s.{FILLED['DOMAIN']}"
    assert bucket.endpoint == "http://files:9000"


def test_the_proxy_leads_to_the_bucket_and_only_with_a_signature():
    bucket = read_address(services(HOUSE)["server"]["environment"]["SWINGTAG_FILES"])
    site = (FOLDER / "Caddyfile").read_text().split("\ns.{$DOMAIN} {")[1]
    for line in (f"path /{bucket.name}/*", "query X-Amz-Signature=*", "respond 404"):
        assert line in site
    files = services(HOUSE)["files"]
    assert files["volumes"] == [f"files:/files/{bucket.name}"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_secret_is_on_a_command_line(path):
    secrets = [value for name, value in FILLED.items() if name.endswith("PASSWORD")]
    for service in services(path).values():
        said = " ".join([*service.get("command", []), str(service.get("healthcheck", ""))])
        assert not any(secret in said for secret in secrets)
