"""One row stored for good, and nothing else: no session, no form, no rule, no receipt."""

from flask import Flask, redirect, request
from sqlalchemy.orm import Session
from werkzeug import Response

from bench.anchors.rows import Line, engine

app = Flask(__name__)


@app.post("/")
def insert() -> Response:
    with Session(engine) as session:
        session.add(Line(place=1, station=1, text=request.form["text"]))
        session.commit()
    return redirect("/", code=303)
