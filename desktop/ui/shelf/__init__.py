"""The big list: photo grid, table and cabinet over one stock of copies.

``ShelfView(notation)`` shows a ``Stock`` (ids, rows by page, thumbnails when they come); after a
change the window asks again and calls ``show_stock`` with the new answer, or ``refresh`` when
only values changed. The shelf paints itself, 100,000 copies as quickly as ten.
"""

from desktop.ui.shelf.empty import Emptiness
from desktop.ui.shelf.shelf import ShelfView
from desktop.ui.shelf.stock import Stock

__all__ = ["Emptiness", "ShelfView", "Stock"]
