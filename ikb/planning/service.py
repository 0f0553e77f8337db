"""What the planning room does: reasons beside findings, trial runs, moves that offices answer, the town's own steps."""

from __future__ import annotations

from ikb.planning.moving import Wanted, confirm, is_overtaken, refuse, send, withdraw
from ikb.planning.reasons import accept, take_back, watch
from ikb.planning.town import TownStep, Worries, change_plan, presenters_of, set_presenters
from ikb.planning.trials import again, choose, compute_anew, retarget, start

__all__ = [
    "TownStep", "Wanted", "Worries", "accept", "again", "change_plan", "choose", "compute_anew", "confirm", "is_overtaken",
    "presenters_of", "refuse", "retarget", "send", "set_presenters", "start", "take_back", "watch", "withdraw",
]  # fmt: skip
