"""One running Swingtag for each person: a second start hands its wish to the first."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

PATIENCE_MILLIS = 1000
LONGEST_WISH_BYTES = 8192


class SingleInstance(QObject):
    """The local socket that a first start listens on. Only the same user may write to it."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._wished: Callable[[str], None] | None = None
        self._server.newConnection.connect(self._hear)

    def hand_over(self, wish: str) -> bool:
        """Give ``wish`` to a Swingtag that runs already; tell whether there was one."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(PATIENCE_MILLIS):
            return False
        socket.write(wish.encode()[:LONGEST_WISH_BYTES])
        socket.flush()
        socket.waitForBytesWritten(PATIENCE_MILLIS)
        socket.disconnectFromServer()
        return True

    def listen(self, wished: Callable[[str], None]) -> bool:
        """Call ``wished`` with each later start's wish. False if no socket could be had."""
        self._wished = wished
        QLocalServer.removeServer(self._name)  # one that a crash left behind
        return self._server.listen(self._name)

    def _hear(self) -> None:
        socket = self._server.nextPendingConnection()
        socket.disconnected.connect(lambda: self._read(socket))
        if socket.state() is QLocalSocket.LocalSocketState.UnconnectedState:
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        wish = bytes(socket.read(LONGEST_WISH_BYTES).data()).decode(errors="replace")
        socket.deleteLater()
        if self._wished is not None:
            self._wished(wish)
