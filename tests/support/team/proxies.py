"""nginx and Caddy in front of a server, with TLS, as the guide's own lines configure them, but for ports and files."""

import datetime
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support import HOUSE
from tests.support.running import PATIENCE

NAME = "plumbline.example.org"
_UNPACKED = HOUSE / ".venv" / "proxies"  # as ensure_proxies.sh has it


def program(name: str) -> str:
    """Where nginx or Caddy is."""
    places = os.pathsep.join([os.environ["PATH"], "/usr/sbin", str(_UNPACKED / "usr/sbin"), str(_UNPACKED / "usr/bin")])
    found = shutil.which(name, path=places)
    assert found, f"{name} is missing: sh tests/support/ensure_proxies.sh"
    return found


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for the name, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), False).sign(key, hashes.SHA256()))
    files = folder / "plumbline.pem", folder / "plumbline.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()))
    return files


def of_guide(language: str) -> str:
    """The lines that the guide shows for a proxy."""
    return re.search(rf"^```{language}\n(.*?)^```", (HOUSE / "docs" / "team.md").read_text(), re.S | re.M)[1]


def _nginx(folder: Path, port: int, behind: str) -> list[str]:
    pem, key = certificate(folder)
    lines = of_guide("nginx").replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace("8501", behind)
    lines = lines.replace("/etc/ssl/certs/plumbline.pem", str(pem)).replace("/etc/ssl/private/plumbline.key", str(key))
    places = "".join(f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi",
                                                                        "scgi"))
    (folder / "nginx.conf").write_text(f"daemon off;\nmaster_process off;\npid {folder}/pid;\nevents {{}}\n"
                                       f"http {{\naccess_log off;\n{places}{lines}}}\n")
    return [program("nginx"), "-e", str(folder / "log"), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _caddy(folder: Path, port: int, behind: str) -> list[str]:
    pem, key = certificate(folder)
    lines = of_guide("caddy").replace("8501", behind)
    lines = lines.replace(f"{NAME} {{", f"https://{NAME}:{port} {{\n    bind 127.0.0.1\n    tls {pem} {key}")
    (folder / "Caddyfile").write_text(f"{{\nadmin off\nauto_https disable_redirects\n}}\n{lines}")
    return [program("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@contextmanager
def proxied(name: str, folder: Path, behind: str) -> Iterator[int]:
    """The port of a proxy in front of the server on port `behind`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = {"nginx": _nginx, "caddy": _caddy}[name](folder, port, behind)
    with (folder / "said").open("w") as said, subprocess.Popen(
            words, stdout=said, stderr=said, env=os.environ | {"HOME": str(folder)}) as process:
        try:
            _listens(process, port, folder)
            yield port
        finally:
            process.terminate()


def _listens(process: subprocess.Popen, port: int, folder: Path) -> None:
    latest = monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 5).close()
        except OSError:
            assert process.poll() is None and monotonic() < latest, (folder / "said").read_text()
            threading.Event().wait(0.05)
