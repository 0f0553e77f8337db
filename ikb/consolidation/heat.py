"""How much was said about each passage of a version, every remark counted where its passage stands there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func

from ikb.consolidation.gathering import WHOLE_DRAFT
from ikb.consolidation.journeys import Elsewhere
from ikb.db import db
from ikb.remarks.model import Remark, Stance, Wish


@dataclass(frozen=True)
class Heat:
    """Of the remarks on one passage: how many there are, how many ask for another text, how many object."""

    remarks: int
    wishes: int
    objections: int


_WISHES, _OBJECTS = case((Remark.wish != Wish.NONE, 1), else_=0), case((Remark.stance == Stance.OPPOSE, 1), else_=0)


def heat_of(asked: Select[Any], moved: Mapping[int, Elsewhere]) -> dict[str, Heat]:
    """The heat of each passage by its anchor, what most is said about first.

    asked: a select of remarks. moved: those that count elsewhere on the version in question (`journeys.elsewhere`).
    """
    counted: dict[str, Counter[str]] = {}

    def add(anchor: str | None, remarks: int, wishes: int, objections: int) -> None:
        here = counted.setdefault(anchor or WHOLE_DRAFT, Counter())
        here.update(remarks=remarks, wishes=wishes, objections=objections)

    for row in db.session.execute(_by_own_section(asked)):
        add(*row)
    if moved:
        for one, anchor, wish, objection in db.session.execute(_one_by_one(asked, moved)):
            add(anchor, -1, -wish, -objection)
            add(moved[one].anchor, 1, wish, objection)
    found = {anchor: Heat(**figures) for anchor, figures in counted.items() if figures["remarks"]}
    return dict(sorted(found.items(), key=lambda one: (-one[1].remarks, one[0])))


def _by_own_section(asked: Select[Any]) -> Select[*tuple[Any, ...]]:
    figures = (func.count(Remark.id), func.sum(_WISHES), func.sum(_OBJECTS))
    return asked.with_only_columns(Remark.anchor, *figures).group_by(Remark.anchor)


def _one_by_one(asked: Select[Any], moved: Mapping[int, Elsewhere]) -> Select[*tuple[Any, ...]]:
    return asked.where(Remark.id.in_(moved)).with_only_columns(Remark.id, Remark.anchor, _WISHES, _OBJECTS)
