#!/usr/bin/env python3
"""Stand a Swingtag house up on AWS, or tear it down, in one command each.

    house.py up swingtag Domain=beanie.ty HostedZoneId=Z1 Image=...@sha256:... AlarmAddress=me@x.org
    house.py up artmatt OnlyTenant=artmatt Domain=artmatt.beanie.ty HostedZoneId=Z1 Image=... ...
    house.py shard swingtag shard-2 DatabaseGigabytes=500
    house.py down swingtag --yes

Repeating a command is harmless: what stands stays, what is gone is gone. ``up`` with a new Image is
a rolling update. Needs ``pip install boto3`` and credentials where AWS tools look for them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

HERE = Path(__file__).resolve().parent
SHARED_OUTPUTS = ("DatabaseDoor", "PrivateSubnets")
"""What a further shard must know of its house."""


def stop(sentence: str) -> NoReturn:
    """End with one sentence instead of a traceback."""
    sys.exit(f"house.py: {sentence}")


def read_settings(pairs: Sequence[str]) -> dict[str, str]:
    """Read ``Name=value`` pairs."""
    settings = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            stop(f"settings are written Name=value, and this one is not: {pair}")
        settings[name] = value
    return settings


class Stacks:
    """The stacks of one account and region."""

    def __init__(self, session: boto3.Session) -> None:
        self._formation = session.client("cloudformation")
        self._store = session.resource("s3")

    def up(self, name: str, template: Path, settings: dict[str, str]) -> dict[str, str]:
        """Create a stack or bring it up to date; return its outputs when it stands.

        Settings that are not given keep the value that they had.
        """
        known = self._describe(name)
        kept = {each["ParameterKey"] for each in known["Parameters"]} if known else set()
        change: dict[str, Any] = {
            "StackName": name,
            "TemplateBody": template.read_text(),
            "Capabilities": ["CAPABILITY_IAM"],
            "Parameters": [
                *(
                    {"ParameterKey": key, "ParameterValue": value}
                    for key, value in settings.items()
                ),
                *({"ParameterKey": key, "UsePreviousValue": True} for key in kept - {*settings}),
            ],
        }
        if known is None:
            self._formation.create_stack(**change, OnFailure="DELETE")
            self._wait("stack_create_complete", name)
        elif self._update(change):
            self._wait("stack_update_complete", name)
        return self.outputs(name)

    def _update(self, change: dict[str, Any]) -> bool:
        try:
            self._formation.update_stack(**change)
        except ClientError as error:
            if "No updates are to be performed" in str(error):
                return False
            raise
        return True

    def down(self, name: str) -> None:
        """Delete a stack and all that it made; its files first, which AWS would not delete."""
        if self._describe(name) is None:
            return
        bucket = self.outputs(name).get("FilesBucket")
        if bucket:
            self._store.Bucket(bucket).objects.all().delete()
        self._formation.delete_stack(StackName=name)
        self._wait("stack_delete_complete", name)

    def outputs(self, name: str) -> dict[str, str]:
        """Return what a stack says of itself."""
        stack = self._describe(name)
        if stack is None:
            stop(f"there is no stack named {name} in this account and region")
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}

    def _describe(self, name: str) -> Any:
        try:
            return self._formation.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise

    def _wait(self, state: str, name: str) -> None:
        self._formation.get_waiter(state).wait(StackName=name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(
        prog="house.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="create a house, or bring it up to date")
    shard = commands.add_parser("shard", help="add a database to a house")
    down = commands.add_parser("down", help="delete a house, or a shard, and all data in it")
    for command in (up, shard, down):
        command.add_argument("stack")
    shard.add_argument("name", help="the shard's own stack")
    for command in (up, shard):
        command.add_argument("settings", nargs="*", metavar="Name=value")
    down.add_argument("--yes", action="store_true", help="I know that the data are deleted")
    asked = parser.parse_args(arguments)
    try:
        return run(asked, Stacks(boto3.Session()))
    except (ClientError, BotoCoreError, WaiterError) as error:
        stop(f"AWS refused: {error}")


def run(asked: argparse.Namespace, stacks: Stacks) -> int:
    """Do what was asked and print what came of it, one line a fact."""
    said: dict[str, str] = {}
    match asked.command:
        case "up":
            said = stacks.up(asked.stack, HERE / "stack.yaml", read_settings(asked.settings))
        case "shard":
            house = stacks.outputs(asked.stack)
            shared = {key: house[key] for key in SHARED_OUTPUTS}
            said = stacks.up(
                asked.name, HERE / "shard.yaml", shared | read_settings(asked.settings)
            )
        case "down" if not asked.yes:
            stop(f"this deletes {asked.stack} and everything stored in it. Say --yes to do it.")
        case _:
            stacks.down(asked.stack)
            said = {"Gone": asked.stack}
    for key, value in said.items():
        sys.stdout.write(f"{key}: {value}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
