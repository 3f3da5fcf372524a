"""What a page of another name or another port tries in a browser, and a browser that is misled as to a name.

What it tries is harmless: it opens, it reads, it shows; it changes nothing.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Browser, BrowserType

from tests.support.browser import QUIET, App, program

PATHS = ("_stcore/health", "_stcore/host-config", "static/index.html", "media/x.csv", "review")
NAMES = ("evil.test", "plumbline.test")  # which lead to this machine, as a stranger's name server may say
SOCKET = """url => new Promise(done => {
    const socket = new WebSocket(url, ["streamlit"])
    socket.onopen = () => done("open"); socket.onerror = () => done("refused")})"""
FETCH = """([url, mode]) => fetch(url, {mode, credentials: "include"}).then(
    answer => answer.type + " " + answer.status, () => "refused")"""
FRAME = """url => new Promise(done => {
    const frame = document.createElement("iframe")
    frame.onload = () => done("loaded"); frame.src = url; document.body.append(frame)})"""
LINK = "url => { const a = document.createElement('a'); a.href = a.text = url; document.body.append(a) }"
IMAGE = """url => new Promise(done => {
    const image = new Image(); image.onload = () => done("shown"); image.onerror = () => done("refused")
    image.src = url})"""


class _Page(BaseHTTPRequestHandler):
    """An empty page of a stranger."""

    def do_GET(self) -> None:
        body = b"<!doctype html><title>Stranger</title><body>A page of somebody else"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def pages_of_a_stranger() -> Iterator[int]:
    """The port of a stranger's pages on this machine, for as long as the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def misled_browser(kind: BrowserType) -> Browser:
    """A browser whose name server sends a stranger's name to this machine."""
    rules = ",".join(f"MAP {name} 127.0.0.1" for name in NAMES)
    return kind.launch(executable_path=program(), args=[*QUIET, f"--host-resolver-rules={rules}"])


def port(app: App) -> str:
    """The port of a server."""
    return app.url.rsplit(":", 1)[1]
