"""The look: a skin's tokens turned into palette, stylesheet, letters, icons and measures.

A window wears a skin by ``dress(window, look)``; two windows of two collectors never mix, for
nothing is set on the application. Put on another look and the window changes at once.

How a screen speaks this language
---------------------------------
Layouts take their distances from ``look.space(step)`` and never from a number. Text, frames and
buttons say what they *are* through the dynamic property ``role``; the stylesheet that is made
from the tokens knows these (``say(widget, "primary")`` sets one and repolishes):

====================  =========================================================================
QLabel                ``display`` ``heading`` ``title`` ``lead`` ``strong`` ``caption`` ``mono``
                      ``positive`` ``warning`` ``danger`` ``chip`` ``kbd`` (a key cap, for hints)
QPushButton           none (an ordinary one), ``primary`` (at most one on a screen), ``quiet``
                      (text only), ``danger``, ``segment`` (checkable, side by side), ``nav``
                      (checkable, a whole line of the sidebar), ``link``, ``door`` (large, first
                      run), ``chip`` (a small tag that a click takes off)
QToolButton           none (flat, icon only), ``primary`` (round, for the ``+``)
QFrame                ``card`` ``panel`` (sidebar, inspector) ``bar`` (top and status bars) ``well``
                      (sunk, for drops and lists) ``line`` (a hairline) ``notice`` with
                      ``state`` = ``positive`` | ``warning`` | ``danger``
QWidget (any window)  the ground needs no role
lists and trees       ``bare`` (no frame, the ground of what they stand on)
QLineEdit             ``search`` (pill), ``inplace`` (no edge until hovered or focused),
                      ``title`` (in place, large)
any input             ``state="invalid"``, ``"proposed"`` (filled in, to be confirmed)
====================  =========================================================================

Painted widgets ask ``look_of(self)`` while painting, and repaint on ``StyleChange``.
Security screens (unlock, devices, kit, server truth) dress themselves in ``look.plain()``, the
built-in look, so that no pack can hide or recolour what they say.

The application calls ``prepare(app)`` once, before the first window: it chooses the style that
paints the same everywhere and registers the letters.
"""

from desktop.ui.look.dressing import dress, look_of, prepare, say
from desktop.ui.look.icons import Icon
from desktop.ui.look.look import Look, TextSize

__all__ = ["Icon", "Look", "TextSize", "dress", "look_of", "prepare", "say"]
