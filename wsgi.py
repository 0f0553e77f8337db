"""For WSGI servers: `gunicorn wsgi:app`."""

from ikb.app import create_app

app = create_app()
