"""A mail server that takes mail over real sockets, and can be away, slow, or picky."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(frozen=True)
class Taken:
    """One mail that was taken.

    recipients  of the envelope: whom the server would have brought it to
    """

    recipients: tuple[str, ...]
    content: bytes
    over_tls: bool
    signed_in: bool

    @property
    def mail(self) -> EmailMessage:
        """As its reader sees it."""
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def text(self) -> str:
        """Its text, with one kind of line end."""
        return str(self.mail.get_content()).replace("\r\n", "\n")


@dataclass
class Post:
    """What the server does, and what it was given.

    silent    it accepts connections and never says a word
    refuses   what it answers to a recipient, by the recipient's address
    tls       offers STARTTLS under this certificate
    """

    port: int = 0
    silent: bool = False
    refuses: dict[str, str] = field(default_factory=dict)
    refuses_content: str = ""
    tls: ssl.SSLContext | None = None
    taken: list[Taken] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """As LMS_MAIL_URL has it."""
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def post(port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Post]:
    """A mail server for the length of the block; on a free port unless one is given."""
    state = Post(tls=tls)

    class Talk(_Talk):
        post = state

    with _Server(("127.0.0.1", port), Talk) as server:
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield state
        finally:
            state.closing.set()
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Talk(socketserver.StreamRequestHandler):
    post: Post

    def handle(self) -> None:
        """One connection, from greeting to QUIT."""
        if self.post.silent:
            self.post.closing.wait(60)
            return
        self.over_tls = self.signed_in = False
        self.recipients: list[str] = []
        self._say("220 post.example")
        while line := self._line():
            self.post.said.append(line)
            word, _, rest = line.partition(" ")
            answer = getattr(self, f"_{word.lower()}", self._anything)
            if answer(rest) is False:
                return

    def finish(self) -> None:
        """Close what STARTTLS put in the place of the server's own socket."""
        super().finish()
        self.request.close()

    def _ehlo(self, _rest: str) -> None:
        offers = ["post.example", "SIZE 35882577", "AUTH PLAIN"]
        if self.post.tls and not self.over_tls:
            offers.append("STARTTLS")
        for each in offers[:-1]:
            self._say(f"250-{each}")
        self._say(f"250 {offers[-1]}")

    def _starttls(self, _rest: str) -> bool:
        self._say("220 go ahead")
        assert self.post.tls is not None
        try:
            self.request = self.post.tls.wrap_socket(self.request, server_side=True)
        except (ssl.SSLError, OSError):
            return False  # the other side did not like the certificate
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self.over_tls = True
        return True

    def _auth(self, _rest: str) -> None:
        self.signed_in = True
        self._say("235 welcome")

    def _mail(self, _rest: str) -> None:
        self.recipients = []
        self._say("250 from whom")

    def _rcpt(self, rest: str) -> None:
        address = rest.partition("<")[2].partition(">")[0]
        refusal = self.post.refuses.get(address)
        if refusal is None:
            self.recipients.append(address)
        self._say(refusal or "250 for whom")

    def _data(self, _rest: str) -> None:
        self._say("354 end with a dot")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if self.post.refuses_content:
            self._say(self.post.refuses_content)
            return
        taken = Taken(tuple(self.recipients), b"".join(lines), self.over_tls, self.signed_in)
        self.post.taken.append(taken)
        self._say("250 taken")

    def _quit(self, _rest: str) -> bool:
        self._say("221 bye")
        return False

    def _anything(self, _rest: str) -> None:
        self._say("250 fine")

    def _line(self) -> str:
        return self.rfile.readline().decode("utf-8", "replace").strip()

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
