"""Where this installation stands."""

from flask import current_app


def base_url() -> str:
    """Address of this installation, without a slash at its end; from settings, never the request.

    A forged Host header must not end up in a mail.
    """
    return str(current_app.config["BASE_URL"]).rstrip("/")
