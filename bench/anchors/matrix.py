"""One GROUP BY over all rows, shown as 93 lines of 22 cells, and nothing else."""

from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.anchors.rows import PLACES, STATIONS, Line, engine

PAGE = """<!doctype html><title>Matrix</title><table>{% for place in places %}
<tr><th>{{ place }}</th>{% for station in stations %}<td>{{ counts.get((place, station), 0) }}</td>{% endfor %}</tr>
{% endfor %}</table>"""
app = Flask(__name__)
app.jinja_loader = DictLoader({"page.html": PAGE})


@app.get("/")
def matrix() -> str:
    with Session(engine) as session:
        rows = session.execute(select(Line.place, Line.station, func.count()).group_by(Line.place, Line.station))
        counts = {(place, station): count for place, station, count in rows}
    return render_template("page.html", counts=counts, places=range(PLACES), stations=range(STATIONS))
