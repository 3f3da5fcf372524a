"""A mail server on loopback: it speaks plain SMTP, keeps what it is sent, and may refuse."""

import socket
import threading


class MailServer:
    """Listens at once; `mails` holds each message as it came, `refuses` answers every sender with 550."""

    def __init__(self) -> None:
        """On a free port."""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.mails: list[str] = []
        self.refuses = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as wire:
                self._talk(wire)

    def _talk(self, wire) -> None:
        def say(text: str) -> None:
            wire.write(f"{text}\r\n".encode())
            wire.flush()

        say("220 loopback")
        for line in wire:
            word = line.decode("latin-1").upper()[:4]
            if word == "DATA":
                say("354 go on")
                lines = []
                for more in wire:
                    if more == b".\r\n":
                        break
                    lines.append(more.decode("utf-8"))
                self.mails.append("".join(lines))
                say("250 kept")
            elif word == "QUIT":
                say("221 bye")
                return
            else:
                say("550 no, sk-CANARY-in-the-refusal" if word == "MAIL" and self.refuses else "250 loopback")

    def close(self) -> None:
        """Frees the port."""
        self.socket.close()
