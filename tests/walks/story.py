"""What the walk is about: a small town's paper, its days, its three institutions. Own prose, no real town."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ikb.core.clock import at_local, berlin_day, system_clock
from ikb.core.periods import next_working_day

TITLE = "Gut zusammenleben in Musterau"
NUMBER = "4711/2030-2035"

COURSES = "Sprachkurse finden am Vormittag im Rathaus statt."
COURSES_WISHED = "Sprachkurse finden am Abend im Rathaus statt."
LIBRARY = "Die Bücherei verleiht Lernspiele an Familien."
PARK = "Im Bürgerpark entsteht ein Treffpunkt mit Bänken."
PARK_RESOLVED = "Im Bürgerpark entsteht ein überdachter Treffpunkt mit Bänken."

COURSES_REASON = "Wer arbeitet, kann am Vormittag nicht lernen."
PARK_REMARK = "Bitte auch an Licht denken."
RESULT_LINE = "mit Mehrheit in geänderter Fassung empfohlen, Ja: 9, Nein: 3"

ASKING = ("Kulturverein Morgenstern e. V.", "post@morgenstern.example.org")
CONTENT = ("Sportbund Musterau", "buero@sportbund.example.org")
SILENT = ("Agentur für Arbeit Musterau", "vorzimmer@arbeit.example.org")
LIST = (
    "Name;Art;E-Mail\n"
    f"{ASKING[0]};Migrantenorganisation;{ASKING[1]}\n"
    f"{CONTENT[0]};Verband;{CONTENT[1]}\n"
    f"{SILENT[0]};Behörde;{SILENT[1]}\n"
)
FAULTY_LIST = LIST.replace("sportbund.example.org", "sportbund")

_PAPER = """Beschlussvorlage der Verwaltung

{number}

Gremium	Sitzung am	Beratung
Seniorenrat	{yesterday:%d.%m.%Y}	öffentlich
Sozialausschuss	{wrong_day:%d.%m.%Y}	öffentlich
Kulturausschuss	{culture:%d.%m.%Y}	öffentlich
Rat der Stadt Musterau	{council:%d.%m.%Y}	öffentlich

Beratungsgegenstand (Bezeichnung des Tagesordnungspunktes)

{title}

Beschlussvorschlag:

1. Die Stadt Musterau arbeitet in den nächsten fünf Jahren nach diesem Plan.
2. Die Ziele der Anlage 2 gelten für alle Ämter.

Begründung:

Der Plan ist an vier Abenden mit Vereinen und Nachbarschaften entstanden.

Anlage 2

Ziele

1. Besser Deutsch lernen.
2. Einander begegnen.

Anlage 3

Lfd. Nr.	Handlungsfeld	Oberziel	Maßnahmevorschlag	Kosten
1	Sprache	Besser Deutsch lernen	<ul> ○ {courses} ○ {library}</ul>	12.000 Euro
2	Nachbarschaft	Einander begegnen	<ul> ○ {park}</ul>	30.000 Euro
"""


@dataclass(frozen=True)
class Days:
    """The days of the story, counted from today: one committee sat yesterday, the others sit after the deadline."""

    today: date

    @classmethod
    def from_today(cls) -> Days:
        return cls(berlin_day(system_clock()))

    @property
    def yesterday(self) -> date:
        return self.today - timedelta(days=1)

    @property
    def closes_on(self) -> date:
        """The last day of the participation: in four weeks, on a working day."""
        return next_working_day(self.today + timedelta(days=28))

    @property
    def social(self) -> date:
        return self.today + timedelta(days=40)

    def a_week_before_the_deadline(self) -> datetime:
        """Five past nine, when the reminder that is due at nine goes out."""
        return at_local(self.closes_on - timedelta(days=7), 9, 5)

    def paper(self, number: str) -> str:
        """The paper's text; the day of the Sozialausschuss is misprinted in it. number: empty where it bears none."""
        return _PAPER.format(
            title=TITLE,
            number=f"Drucksachen-Nr.: {number}" if number else "",
            yesterday=self.yesterday,
            wrong_day=self.social - timedelta(days=7),
            culture=self.today + timedelta(days=41),
            council=self.today + timedelta(days=50),
            courses=COURSES,
            library=LIBRARY,
            park=PARK,
        )
