"""What one field held before."""

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QLabel, QWidget

from desktop.collection.values import Past
from desktop.ui.history.popover import HistoryPopover
from desktop.ui.notation import Notation
from shared.ids import DeviceId


@pytest.mark.parametrize(("device", "end"), [("laptop", " on laptop"), ("", "M")])
def test_a_device_without_a_name_leaves_no_loose_end(qtbot, device, end):
    owner = QWidget()
    qtbot.addWidget(owner)
    past = Past("notes", "x", DeviceId(bytes(16)), device, 1_700_000_000_000, "Edit")
    popover = HistoryPopover("Notes", [past], str, Notation(QLocale("en_US")), owner)
    lines = [label.text() for label in popover.findChildren(QLabel)]
    (where,) = (line for line in lines if "2023" in line or "/23" in line)
    assert where.endswith(end)
