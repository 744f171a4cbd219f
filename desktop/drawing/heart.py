"""The outline of the heart-shaped swing tag: our own drawing, used wherever a tag is painted."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QTransform


def heart(rect: QRectF) -> QPainterPath:
    """Draw the outline of a heart that fills a rectangle."""
    path = QPainterPath(QPointF(0.5, 0.99))
    path.cubicTo(0.40, 0.88, 0.0, 0.66, 0.0, 0.33)
    path.cubicTo(0.0, 0.13, 0.14, 0.01, 0.28, 0.01)
    path.cubicTo(0.38, 0.01, 0.46, 0.07, 0.5, 0.17)
    path.cubicTo(0.54, 0.07, 0.62, 0.01, 0.72, 0.01)
    path.cubicTo(0.86, 0.01, 1.0, 0.13, 1.0, 0.33)
    path.cubicTo(1.0, 0.66, 0.60, 0.88, 0.5, 0.99)
    path.closeSubpath()
    place = QTransform.fromTranslate(rect.x(), rect.y()).scale(rect.width(), rect.height())
    return place.map(path)
