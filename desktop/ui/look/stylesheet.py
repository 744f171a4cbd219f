"""Palette and stylesheet, made from tokens. The only place where rules of Qt's CSS are written."""

from collections.abc import Mapping
from importlib.resources import files
from string import Template

from PySide6.QtGui import QPalette

from desktop.ui.look.look import Look, TextSize, mix
from shared.skins.tokens import Role, Shadow

_PALETTE: Mapping[QPalette.ColorRole, Role] = {
    QPalette.ColorRole.Window: Role.SURFACE_0,
    QPalette.ColorRole.WindowText: Role.TEXT_NORMAL,
    QPalette.ColorRole.Base: Role.SURFACE_1,
    QPalette.ColorRole.AlternateBase: Role.SURFACE_2,
    QPalette.ColorRole.Text: Role.TEXT_NORMAL,
    QPalette.ColorRole.Button: Role.SURFACE_1,
    QPalette.ColorRole.ButtonText: Role.TEXT_NORMAL,
    QPalette.ColorRole.BrightText: Role.DANGER,
    QPalette.ColorRole.Highlight: Role.ACCENT,
    QPalette.ColorRole.HighlightedText: Role.ON_ACCENT,
    QPalette.ColorRole.Accent: Role.ACCENT,
    QPalette.ColorRole.Link: Role.ACCENT,
    QPalette.ColorRole.LinkVisited: Role.ACCENT,
    QPalette.ColorRole.ToolTipBase: Role.SURFACE_3,
    QPalette.ColorRole.ToolTipText: Role.TEXT_STRONG,
    QPalette.ColorRole.PlaceholderText: Role.TEXT_QUIET,
    QPalette.ColorRole.Light: Role.SURFACE_3,
    QPalette.ColorRole.Midlight: Role.SURFACE_2,
    QPalette.ColorRole.Mid: Role.OUTLINE,
    QPalette.ColorRole.Dark: Role.OUTLINE_STRONG,
    QPalette.ColorRole.Shadow: Role.OUTLINE_STRONG,
}
_FADED = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
)


def palette(look: Look) -> QPalette:
    """Fill every group of a palette with the colours of a look."""
    made = QPalette()
    for place, role in _PALETTE.items():
        made.setColor(place, look.color(role))
    for place in _FADED:
        made.setColor(QPalette.ColorGroup.Disabled, place, look.color(Role.OUTLINE_STRONG))
    return made


def stylesheet(look: Look) -> str:
    """Fill the rules with the values of a look."""
    return Template(_RULES).substitute(_colors(look) | _letters(look) | _measures(look))


def _colors(look: Look) -> dict[str, str]:
    colors = {role.value: look.color(role).name() for role in Role}
    colors["accent_hover"] = _toward(look, Role.ACCENT, Role.TEXT_STRONG, 0.12)
    colors["accent_press"] = _toward(look, Role.ACCENT, Role.SURFACE_0, 0.18)
    for role in (Role.POSITIVE, Role.WARNING, Role.DANGER):
        colors[f"{role.value}_wash"] = _toward(look, Role.SURFACE_1, role, 0.10)
    return colors


def _toward(look: Look, start: Role, end: Role, share: float) -> str:
    return mix(look.color(end), look.color(start), share).name()


def _letters(look: Look) -> dict[str, str]:
    return {f"font_{size.name.lower()}": _font(look, size) for size in TextSize} | {
        "font_figures": f'font-family: "{look.figures().family()}";'
    }


def _font(look: Look, size: TextSize) -> str:
    font = look.font(size)
    return f'font-family: "{font.family()}"; font-size: {font.pixelSize()}px;'


def _measures(look: Look) -> dict[str, str]:
    hard = look.shadow is Shadow.HARD
    pixels = {
        "edge": look.outline,
        "foot": look.outline + (2 if hard else 0),
        "radius": look.radius,
        "small": look.small_radius,
        "pill": min(look.control_height // 2, look.radius * 2),
        "control": look.control_height - 2 * look.outline,
        "round": look.control_height // 2,
        "pad": look.space(3),
        "gap": look.space(2),
        "tight": look.space(1),
        "row": look.row_height,
        "bar": look.scaled(10),
        "box": look.scaled(15),
        "dot": look.scaled(15) // 2 + max(look.outline, 1),
        "low": round(look.control_height * 0.68),
        "line": max(look.outline, 1),
    }
    lines = {"hard_edge": look.color(Role.OUTLINE_STRONG if hard else Role.OUTLINE).name()}
    dark_tick = look.color(Role.ON_ACCENT).lightnessF() < 0.5  # noqa: PLR2004 - half way
    lines["tick"] = _file("tick-dark.svg" if dark_tick else "tick-light.svg")
    lines["arrow"] = _file("arrow.svg")
    lines["primary_edge"] = look.color(Role.OUTLINE_STRONG if hard else Role.ACCENT).name()
    return {name: f"{value}px" for name, value in pixels.items()} | lines


def _file(name: str) -> str:
    return str(files("desktop.ui.look").joinpath("icons", name)).replace("\\", "/")


_RULES = """
QWidget { color: $text_normal; $font_body }
QMainWindow, QDialog, QStackedWidget, QWidget[role="page"] { background: $surface0; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }

QLabel { background: transparent; }
QLabel[role="display"] { color: $text_strong; $font_display font-weight: 700; }
QLabel[role="heading"] { color: $text_strong; $font_heading font-weight: 700; }
QLabel[role="title"] { color: $text_strong; $font_title font-weight: 700; }
QLabel[role="lead"] { $font_lead }
QLabel[role="strong"] { color: $text_strong; font-weight: 700; }
QLabel[role="caption"] { color: $text_quiet; $font_caption }
QLabel[role="mono"] { $font_figures }
QLabel[role="positive"] { color: $positive; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="danger"] { color: $danger; }
QLabel[role="chip"] { background: $surface2; border: $edge solid $outline;
    border-radius: $small; padding: 1px $gap; $font_caption }
QLabel[role="kbd"] { background: $surface2; border: 1px solid $outline_strong; border-radius: 3px;
    padding: 0px 4px; $font_caption $font_figures }

QFrame[role="card"] { background: $surface1; border: $edge solid $hard_edge;
    border-radius: $radius; }
QFrame[role="panel"] { background: $surface1; border: none; }
QFrame[role="bar"] { background: $surface1; border: none; }
QFrame[role="well"] { background: $surface2; border: $edge dashed $outline_strong;
    border-radius: $radius; }
QFrame[role="line"] { background: $outline; border: none; max-height: 1px; }
QFrame[role="notice"] { background: $surface2; border: $edge solid $outline;
    border-left: 4px solid $outline_strong; border-radius: 0; }
QFrame[role="notice"][state="positive"] { background: $positive_wash;
    border-left-color: $positive; }
QFrame[role="notice"][state="warning"] { background: $warning_wash; border-left-color: $warning; }
QFrame[role="notice"][state="danger"] { background: $danger_wash; border-left-color: $danger; }

QPushButton { background: $surface1; color: $text_strong; border: $edge solid $outline_strong;
    border-bottom-width: $foot; border-radius: $small; padding: 0 $pad; min-height: $control;
    font-weight: 600; }
QPushButton:hover { background: $surface2; }
QPushButton:pressed { background: $surface3; border-bottom-width: $edge; }
QPushButton:focus { border-color: $focus; }
QPushButton:disabled { color: $outline_strong; border-color: $outline; }
QPushButton[role="primary"] { background: $accent; color: $on_accent;
    border-color: $primary_edge; }
QPushButton[role="primary"]:hover { background: $accent_hover; }
QPushButton[role="primary"]:pressed { background: $accent_press; }
QPushButton[role="primary"]:focus { border-color: $text_strong; }
QPushButton[role="primary"]:disabled { background: $surface3; color: $text_quiet;
    border-color: $surface3; }
QPushButton[role="quiet"], QPushButton[role="link"] { background: transparent;
    border-color: transparent; }
QPushButton[role="link"] { color: $accent; padding: 0 $tight; text-align: left; }
QPushButton[role="link"]:hover { text-decoration: underline; }
QPushButton[role="quiet"]:hover { background: $surface2; }
QPushButton[role="quiet"]:focus, QPushButton[role="link"]:focus { border-color: $focus; }
QPushButton[role="danger"] { color: $danger; border-color: $danger; }
QPushButton[role="danger"]:hover { background: $danger_wash; }
QPushButton[role="danger"]:focus { border-color: $text_strong; }
QPushButton[role="chip"] { background: $surface2; color: $text_normal; border-color: $outline;
    border-bottom-width: $edge; padding: 0 $gap; min-height: $low; font-weight: 400;
    $font_caption }
QPushButton[role="chip"]:hover { background: $surface3; color: $text_strong; }
QPushButton[role="chip"]:focus { border-color: $focus; }
QPushButton[role="segment"] { border-color: transparent; background: transparent;
    color: $text_quiet; border-bottom-width: $edge; }
QPushButton[role="segment"]:hover { color: $text_strong; background: $surface2; }
QPushButton[role="segment"]:checked { color: $text_strong; background: $selection;
    border-color: $hard_edge; }
QPushButton[role="segment"]:focus { border-color: $focus; }
QPushButton[role="nav"] { border-color: transparent; background: transparent; text-align: left;
    color: $text_normal; font-weight: 400; border-bottom-width: $edge; padding: 0 $gap; }
QPushButton[role="nav"]:hover { background: $surface2; }
QPushButton[role="nav"]:checked { background: $selection; color: $text_strong;
    font-weight: 700; }
QPushButton[role="nav"]:focus { border-color: $focus; }
QPushButton[role="door"] { border-radius: $radius; padding: $pad; text-align: left;
    border-color: $hard_edge; }
QPushButton[role="door"]:hover { border-color: $accent; background: $surface1; }
QPushButton[role="door"]:focus { border-color: $focus; }

QToolButton { background: transparent; border: $edge solid transparent; border-radius: $small;
    padding: 4px; color: $text_normal; }
QToolButton:hover, QToolButton:checked { background: $surface2; }
QToolButton:pressed { background: $surface3; }
QToolButton:focus { border-color: $focus; }
QToolButton::menu-indicator { image: none; }
QToolButton[role="primary"] { background: $accent; color: $on_accent;
    border: $edge solid $primary_edge; border-radius: $round; min-width: $control;
    min-height: $control; padding: 0; }
QToolButton[role="primary"]:hover { background: $accent_hover; }
QToolButton[role="primary"]:focus { border-color: $text_strong; }

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox { background: $surface1; color: $text_strong;
    border: $edge solid $outline_strong; border-radius: $small; padding: 0 $gap;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit, QComboBox { min-height: $control; }
QPlainTextEdit, QTextEdit { padding: $tight; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus {
    border-color: $focus; }
QLineEdit:read-only, QLineEdit:disabled { color: $text_quiet; border-color: $outline; }
QLineEdit[role="search"] { border-radius: $pill; padding: 0 $pad; }
QLineEdit[role="inplace"], QPlainTextEdit[role="inplace"], QComboBox[role="inplace"],
QLineEdit[role="title"] { border-color: transparent; background: transparent; }
QLineEdit[role="inplace"]:hover, QPlainTextEdit[role="inplace"]:hover,
QComboBox[role="inplace"]:hover, QLineEdit[role="title"]:hover { background: $surface2; }
QLineEdit[role="inplace"]:focus, QPlainTextEdit[role="inplace"]:focus,
QComboBox[role="inplace"]:focus, QLineEdit[role="title"]:focus {
    border-color: $focus; background: $surface1; }
QLineEdit[role="title"] { $font_heading font-weight: 700; padding: 0 $tight; }
QLineEdit[state="invalid"], QPlainTextEdit[state="invalid"], QComboBox[state="invalid"] {
    border-color: $danger; background: $danger_wash; }
QLineEdit[state="proposed"], QPlainTextEdit[state="proposed"], QComboBox[state="proposed"] {
    border: $line dashed $positive; background: $positive_wash; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { width: 12px; height: 12px; margin-right: 8px; image: url("$arrow"); }
QComboBox QAbstractItemView, QListView, QTreeView, QTableView { background: $surface1;
    color: $text_normal; border: $edge solid $outline; outline: none;
    selection-background-color: $selection; selection-color: $text_strong; }
QListView::item, QTreeView::item, QComboBox QAbstractItemView::item { min-height: $row;
    padding: 0 $gap; border: none; }
QListView::item:hover, QTreeView::item:hover { background: $surface2; }
QListView::item:selected, QTreeView::item:selected { background: $selection;
    color: $text_strong; }
QHeaderView::section { background: $surface2; color: $text_quiet; border: none;
    border-bottom: $edge solid $outline; padding: 4px $gap; $font_caption }
QAbstractItemView[role="bare"] { background: transparent; border: none; }

QMenuBar { background: $surface1; color: $text_normal; }
QMenuBar::item { background: transparent; padding: 4px $gap; }
QMenuBar::item:selected { background: $surface2; border-radius: $small; }
QMenu { background: $surface1; color: $text_normal; border: $edge solid $hard_edge;
    padding: $tight; }
QMenu::item { padding: 6px $pad; border-radius: $small; }
QMenu::item:selected { background: $selection; color: $text_strong; }
QMenu::item:disabled { color: $outline_strong; }
QMenu::separator { height: 1px; background: $outline; margin: $tight $gap; }
QToolTip { background: $surface3; color: $text_strong; border: 1px solid $outline_strong;
    padding: 4px; $font_caption }

QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: $bar; }
QScrollBar:horizontal { height: $bar; }
QScrollBar::handle { background: $outline_strong; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 36px; }
QScrollBar::handle:horizontal { min-width: 36px; }
QScrollBar::handle:hover { background: $text_quiet; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: $outline; }
QSplitter::handle:horizontal { width: 1px; }
QProgressBar { background: $surface3; border: none; border-radius: 3px; max-height: 6px;
    color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QCheckBox, QRadioButton { spacing: $gap; background: transparent; }
QCheckBox::indicator { width: $box; height: $box; border: $line solid $outline_strong;
    border-radius: 4px; background: $surface1; }
QCheckBox::indicator:hover { background: $surface2; }
QCheckBox::indicator:focus { border-color: $focus; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$tick"); }
QRadioButton::indicator { width: $box; height: $box; border: $line solid $outline_strong;
    border-radius: $dot; background: $surface1; }
QRadioButton::indicator:hover { background: $surface2; }
QRadioButton::indicator:focus { border-color: $focus; }
QRadioButton::indicator:checked { border-color: $accent; background: qradialgradient(cx: 0.5,
    cy: 0.5, radius: 0.5, fx: 0.5, fy: 0.5, stop: 0 $accent, stop: 0.5 $accent,
    stop: 0.58 $surface1, stop: 1 $surface1); }
QTabBar::tab { background: transparent; color: $text_quiet; padding: 6px $pad;
    border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text_strong; border-bottom-color: $accent; }
"""
