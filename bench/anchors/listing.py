"""Twenty rows of ten thousand as a table, and nothing else: no session, no policy, no frame around it."""

from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.anchors.rows import Line, engine

PAGE = """<!doctype html><title>Liste</title><table>{% for line in lines %}
<tr><td>{{ line.id }}</td><td>{{ line.place }}</td><td>{{ line.station }}</td><td>{{ line.text }}</td></tr>{% endfor %}
</table>"""
app = Flask(__name__)
app.jinja_loader = DictLoader({"page.html": PAGE})


@app.get("/")
def listing() -> str:
    with Session(engine) as session:
        lines = session.scalars(select(Line).order_by(Line.id.desc()).limit(20)).all()
        return render_template("page.html", lines=lines)
