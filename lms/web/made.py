"""Files that are made for one request and then given out, without being held in memory."""

from collections.abc import Callable
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import BinaryIO

from flask import Response, request, send_file


def as_file(write: Callable[[BinaryIO], None], *, kind: str, name: str) -> Response:
    """What is made here, as a file to keep: it lies on the disk until it is sent.

    write  is given the file that is sent; whatever it raises goes on, and nothing is sent
    kind   media type
    name   what the file is called where it is kept
    """
    with ExitStack() as unsent:
        made = unsent.enter_context(TemporaryFile())
        write(made)
        size = made.tell()
        made.seek(0)
        answer = send_file(made, mimetype=kind, as_attachment=True, download_name=name, etag=False)
        unsent.pop_all()
    answer.content_length = size
    if request.method == "HEAD":
        made.close()  # nobody will read it to its end
    return answer
