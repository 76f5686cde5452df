"""A mail server that takes everything and remembers who got which Message-ID, how often."""

import socketserver
import threading
from collections import Counter
from email import message_from_bytes

DATA, END = b"DATA", b".\r\n"


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 chaos")
        while line := self.rfile.readline():
            if line.strip().upper() == DATA:
                self._say("354 go on")
                self._take()
            elif line[:4].upper() == b"QUIT":
                return self._say("221 bye")
            else:
                self._say("250 ok")
        return None

    def _take(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) and line != END:
            lines.append(line.removeprefix(b"."))
        # A sender that was killed in the middle of it has not sent it.
        if line == END:
            message = message_from_bytes(b"".join(lines))
            assert isinstance(self.server, Mailbox)  # noqa: S101  (ours serves nobody else)
            self.server.note(str(message["Message-ID"]), str(message["To"]))
            self._say("250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Mailbox(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.received: Counter[str] = Counter()
        self.recipients: dict[str, set[str]] = {}
        self._lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def note(self, message_id: str, to: str) -> None:
        with self._lock:
            self.received[message_id] += 1
            self.recipients.setdefault(message_id, set()).add(to)

    def handle_error(self, request: object, client_address: object) -> None:
        """A worker was killed while it spoke: nothing to say about that."""
