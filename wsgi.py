"""Where a WSGI server finds the application."""

from config import production
from lms.app import create_app

app = create_app(production())
