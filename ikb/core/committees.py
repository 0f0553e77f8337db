"""What a committee's name suggests: its kind, and the role it will probably have on a paper. People confirm both."""

import re
from typing import Literal

CommitteeKind = Literal["council", "committee", "district", "advisory", "integration_council"]
ConsultationRole = Literal["hearing", "preliminary", "decision", "introduction"]

# The first that fits decides: "Ortsbeirat" is a district body, "Integrationsbeirat" none of the advisory boards.
_KINDS: tuple[tuple[CommitteeKind, re.Pattern[str]], ...] = (
    (
        "integration_council",
        re.compile(r"(?:integrations|migrations|ausländer(?:innen)?)-?(?:bei)?rat\b|integrationsausschuss"),
    ),
    (
        "district",
        re.compile(
            r"bezirks(?:vertretung|rat|beirat|ausschuss|verordnetenversammlung|versammlung)|"
            r"\borts(?:rat|beirat|teilrat|chaftsrat|ausschuss)|ortschaftsrat|stadtteil(?:bei)?rat"
        ),
    ),
    (
        "council",
        re.compile(
            r"^(?:der )?(?:rat\b|(?:stadt|gemeinde|samtgemeinde|verbandsgemeinde|markt)rat\b)|kreistag|"
            r"^(?:stadtverordneten|gemeinde)?(?:versammlung|vertretung)\b|bürgerschaft|regionsversammlung"
        ),
    ),
    ("committee", re.compile(r"ausschuss|ausschuß|kommission|(?:verwaltungs|aufsichts|ältesten)rat\b")),
    ("advisory", re.compile(r"beirat|rat\b|parlament|forum|konferenz|arbeitskreis|arbeitsgemeinschaft|runder tisch")),
)


def suggest_kind(name: str) -> CommitteeKind:
    """The kind that fits the committee's name; "committee" where nothing in it tells more.

    Source: domain.md, sections 3 and 4, and the usual names of German municipalities.
    """
    plain = " ".join(name.lower().split())
    return next((kind for kind, pattern in _KINDS if pattern.search(plain)), "committee")


def suggest_role(committee_name: str, is_last: bool, occurrence: int) -> ConsultationRole:
    """The role this committee will probably have in one step of a paper's sequence.

    is_last:    no other consultation of the paper takes place on a later day.
    occurrence: which of this committee's consultations on the paper it is, from 1.
    Advisory boards and district bodies are heard, expert committees prepare, the council decides; a council with steps
    after it has the paper introduced, an integration council the first time too. An expert committee or a district
    body that comes last decides itself.
    Raises ValueError if `occurrence` is below 1.
    Source: the assumption for 2010 in domain.md, section 4.
    """
    if occurrence < 1:
        raise ValueError("occurrence counts from 1")
    kind = suggest_kind(committee_name)
    if kind == "advisory":
        return "hearing"
    if kind == "integration_council":
        return "introduction" if occurrence == 1 and not is_last else "preliminary"
    if is_last:
        return "decision"
    if kind == "council":
        return "introduction"
    return "hearing" if kind == "district" else "preliminary"
