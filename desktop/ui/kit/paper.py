"""The emergency kit on paper, or as a PDF to print elsewhere."""

from PySide6.QtCore import QLocale
from PySide6.QtGui import QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from desktop.drawing.kit_sheet import KitSheet, kit_pdf, lay_out, paint_sheet
from desktop.ui.kit.kit import ADVICE, Kit, facts

_LEAD = (
    "This sheet brings one Swingtag collection back when the password is forgotten or every "
    "device is lost. Nothing else does then."
)
_KEPT = "Kept at"


def print_kit(kit: Kit, parent: QWidget) -> bool:
    """Ask for a printer and print one page; tell whether it was printed."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName("Swingtag emergency kit")
    dialog = QPrintDialog(printer, parent)
    if dialog.exec() != QDialog.DialogCode.Accepted:
        return False
    lay_out(printer, printer.pageLayout().pageSize().id())
    painter = QPainter()
    if not painter.begin(printer):
        return False
    paint_sheet(painter, sheet_of(kit), printer)
    return painter.end()


def paper_size(locale: QLocale) -> QPageSize.PageSizeId:
    """Return the sheet that printers there hold."""
    imperial = locale.measurementSystem() is QLocale.MeasurementSystem.ImperialUSSystem
    return QPageSize.PageSizeId.Letter if imperial else QPageSize.PageSizeId.A4


def pdf_of(kit: Kit, size: QPageSize.PageSizeId) -> bytes:
    """Write the same page as a PDF."""
    return kit_pdf(sheet_of(kit), size)


def sheet_of(kit: Kit) -> KitSheet:
    """Say what stands on the page."""
    return KitSheet(
        title="Swingtag emergency kit",
        lead=_LEAD,
        facts=facts(kit),
        words=kit.words,
        code=kit.tenant,
        place=_KEPT,
        advice=ADVICE,
    )
