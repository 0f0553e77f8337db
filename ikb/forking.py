"""One application, built once, and processes split off from it: what is equal in all of them lies in memory once.

For a web server that loads the application before it forks, such as gunicorn with `preload_app` (deploy/gunicorn.conf.py).
"""

from __future__ import annotations

import gc

from flask import Flask
from sqlalchemy.orm import configure_mappers

from ikb.db import db


def before_fork(app: Flask) -> None:
    """Finish what every process would do for itself at its first page, and leave it lying where it is.

    Call it once, when the application stands and nothing runs beside it yet.
    """
    configure_mappers()
    app.url_map.update()
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)
    gc.collect()
    gc.freeze()  # a collection writes into whatever it looks at, and what is written into is no longer shared


def after_fork(app: Flask) -> None:
    """Let go of connections that belong to the process before: two that speak on one would read each other's answers."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)
