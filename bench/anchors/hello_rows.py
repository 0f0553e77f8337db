"""Flask with SQLAlchemy and a database driver, one mapped row read for each page, and nothing else."""

import os

from flask import Flask
from sqlalchemy import Text, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """Rows of the anchors."""


class Line(Base):
    """What `bench.anchors.rows` fills; that module is ikb's neighbour and would bring its libraries along."""

    __tablename__ = "bench_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)


app = Flask(__name__)
engine = create_engine(os.environ["IKB_DATABASE_URL"])


@app.get("/")
def hello() -> str:
    with Session(engine) as session:
        return session.scalars(select(Line).limit(1)).one().text
