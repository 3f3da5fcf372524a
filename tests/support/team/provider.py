"""A real OpenID provider, Canaille, in a process of its own: says its port, reads whereto it sends people back.

Users log in with their passwords; the code flow demands PKCE and a nonce. Canaille says nothing of whether an e-mail is
verified, so the claim is added from the user's title, as its mapping of claims allows.
"""

import logging
import socket
import sys

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from werkzeug.serving import make_server

SECRET = "a secret of the client"
CLIENT = "plumbline"
PASSWORD = "correct horse battery"
# Name of the user, e-mail, and whether the provider has verified it; None: it says nothing.
USERS = (("ann", "ann@example.org", "true"), ("eve", "eve@example.org", "true"),
         ("mallory", "bob@example.org", "false"), ("kim", "kim@example.org", None))


def provider(port: int, returns_to: str):
    """The app with its users and one client."""
    app = create_app({
        "SECRET_KEY": "of a test", "SERVER_NAME": f"localhost:{port}", "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {"DATABASE": "memory", "JAVASCRIPT": False, "HTMX": False},
        "CANAILLE_OIDC": {"REQUIRE_NONCE": True}})
    app.config["CANAILLE_OIDC"]["USERINFO_MAPPING"]["EMAIL_VERIFIED"] = "{{ user.title or '' }}"
    with app.app_context():
        for name, email, verified in USERS:
            Backend.instance.save(models.User(
                user_name=name, family_name=name.title(), formatted_name=name.title(), emails=[email],
                title=verified, password=PASSWORD))
        client = models.Client(
            client_id=CLIENT, client_secret=SECRET, client_name="Plumbline", redirect_uris=[returns_to],
            post_logout_redirect_uris=[returns_to], scope=["openid", "profile", "email"], response_types=["code"],
            grant_types=["authorization_code"], token_endpoint_auth_method="client_secret_basic",
            client_uri="http://127.0.0.1")  # of a trusted domain: no page of consent
        Backend.instance.save(client)
        client.audience = [client]
        Backend.instance.save(client)
    return app


def main() -> None:
    """Serves until it is ended."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        print(port, flush=True)
        app = provider(port, sys.stdin.readline().strip())
        make_server("127.0.0.1", port, app, threaded=True, fd=listening.fileno()).serve_forever()


if __name__ == "__main__":
    main()
