"""The one table of the anchors, beside ikb's own in the same database."""

import os

from sqlalchemy import Text, create_engine, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ikb.app import engine_options

PLACES, STATIONS = 93, 22
engine = create_engine(os.environ["IKB_DATABASE_URL"], **engine_options(os.environ["IKB_DATABASE_URL"]))


class Base(DeclarativeBase):
    """Rows of the anchors."""


class Line(Base):
    """One row: a place, a station, a text."""

    __tablename__ = "bench_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int]
    station: Mapped[int]
    text: Mapped[str] = mapped_column(Text)


def fill(count: int) -> None:
    """Make the table anew, with that many rows."""
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    text = "Unser Verein bietet das seit Jahren an und bittet darum, die vorhandenen Angebote einzubeziehen."
    rows = [{"place": n % PLACES, "station": n // PLACES % STATIONS, "text": text} for n in range(count)]
    with engine.begin() as connection:
        connection.execute(insert(Line), rows)
    engine.dispose()


if __name__ == "__main__":
    fill(int(os.environ["BENCH_ROWS"]))
