"""The emergency kit on paper: one page that fits its sheet, with all that brings it back."""

import re
import zlib

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QPageSize
from PySide6.QtWidgets import QFileDialog

from desktop.ui.kit.kit import Kit, read_kit
from desktop.ui.kit.page import KitBody
from desktop.ui.kit.paper import paper_size, pdf_of, sheet_of
from tests.journeys.hands import press

WORDS = tuple("umbrella" + letter for letter in "abcdefghijklmnopqrstuvwx")
KIT = Kit("A name " * 10, WORDS, "0123456789abcdef" * 4, "https://sync.example.org", "1 May 2026")
A4, LETTER = QPageSize.PageSizeId.A4, QPageSize.PageSizeId.Letter


@pytest.mark.parametrize(("size", "box"), [(A4, (595, 842)), (LETTER, (612, 792))])
@pytest.mark.usefixtures("qapp")
def test_the_pdf_is_one_page_of_its_size(size, box):
    pdf = pdf_of(KIT, size)
    (media,) = re.findall(rb"/MediaBox \[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    assert tuple(round(float(side)) for side in media) == box
    assert all(word.encode() not in pdf for word in WORDS), "no word in its title or names"
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    assert any(len(zlib.decompress(each)) > 1000 for each in streams if each[:1] == b"\x78")


def test_all_that_brings_it_back_is_on_the_sheet():
    sheet = sheet_of(KIT)
    assert sheet.words == WORDS
    assert sheet.code == KIT.tenant
    assert {KIT.server, KIT.tenant, KIT.date, KIT.collection} <= {fact for _, fact in sheet.facts}
    assert paper_size(QLocale("en_US")) == LETTER
    assert paper_size(QLocale("de_DE")) == A4


def test_it_is_saved_as_pdf_and_as_text_with_a_warning(qtbot, tmp_path, monkeypatch):
    body = KitBody(KIT)
    qtbot.addWidget(body)
    body.show()
    for button, name, begins in (
        ("Save as PDF\u2026", "kit.pdf", b"%PDF-"),
        ("Save as text\u2026", "kit.txt", b"Swingtag emergency kit"),
    ):
        chosen = tmp_path / name
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, at=chosen: (str(at), ""))
        press(body, button)
        assert chosen.read_bytes().startswith(begins)
        assert "leave no copy on this computer" in body._said.text()
    assert read_kit((tmp_path / "kit.txt").read_text()).words == " ".join(WORDS)
