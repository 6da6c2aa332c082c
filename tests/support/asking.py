"""Asking a running server one thing, over a connection of its own."""

import http.client
from urllib.parse import urlsplit


class Answer:
    """What came back: status, headers and body."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.headers = response.status, response.headers
        self.text = response.read().decode()


def ask(address: str, path: str, method: str = "GET", **headers: str) -> Answer:
    """Send a request without a body; headers are named with _ for -."""
    found = urlsplit(address)
    connection = http.client.HTTPConnection(str(found.hostname), found.port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=named)
    try:
        return Answer(connection.getresponse())
    finally:
        connection.close()
