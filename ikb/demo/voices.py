"""What the demonstration's institutions say: some sixty answers, with campaigns, rival wordings and everything in between.

All prose is our own. Sections are named by their anchors in `paper.txt`; a change is given as words found and words put
in their place, and becomes the whole wording of the passage as an institution would type it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ikb.remarks.model import Stance, Wish
from ikb.statements.model import Answer


@dataclass(frozen=True)
class Said:
    """One remark. anchor: None for the whole document; old and new: words to exchange, or only `new` for a new passage."""

    anchor: str | None
    stance: Stance
    comment: str = ""
    wish: Wish = Wish.NONE
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class Voice:
    """One institution's answer, so many hours after the invitations went out."""

    institution: str
    after_hours: int
    answer: Answer
    said: tuple[Said, ...] = ()
    author: str = ""


SUPPORT, CHANGES, OPPOSE, NEUTRAL = Stance.SUPPORT, Stance.SUPPORT_WITH_CHANGES, Stance.OPPOSE, Stance.NEUTRAL


def _exchange(anchor: str, old: str, new: str, comment: str = "", stance: Stance = CHANGES) -> Said:
    return Said(anchor, stance, comment, Wish.REPLACE, old, new)


def _new(anchor: str, text: str, comment: str = "") -> Said:
    return Said(anchor, CHANGES, comment, Wish.INSERT_AFTER, new=text)


def _away(anchor: str, comment: str) -> Said:
    return Said(anchor, OPPOSE, comment, Wish.DELETE)


THREE_MONTHS = _exchange("a3-z4-m2", "sechs Monaten", "drei Monaten")
TWELVE_MONTHS = _exchange(
    "a3-z4-m2",
    "sechs Monaten",
    "zwölf Monaten",
    "Ein halbes Jahr reicht nicht, um genug Deutsch für den Unterricht zu lernen.",
)
LASTING = _exchange("a3-z13-m3", "eine feste Förderung", "eine feste und unbefristete Förderung")
SEVENTH = _exchange("a3-z5-m4", "achten", "siebten", "In der achten Klasse sind viele schon auf dem Absprung.")
YEARLY = _exchange("bp-4", "alle zwei Jahre", "jedes Jahr", "Zwei Jahre sind zu lang, um gegensteuern zu können.")

DANCE = (
    "Bitte erhalten Sie die Tanzprojekte im Jugendhaus in Sieker. Dort treffen sich seit acht Jahren Jungen aus vielen "
    "Familien. Wer hier kürzt, zerstört gewachsenes Vertrauen. Wir bitten den Rat, zwei feste Öffnungstage pro Woche zu sichern."
)
DANCE_BY = {
    "Kulturverein Morgenstern e. V.": DANCE,
    "Turnverein Schildesche 1912 e. V.": f"Sehr geehrte Damen und Herren,\n\n{DANCE}\n\nMit freundlichen Grüßen",
    "Sportverein Grün-Weiß Sennestadt e. V.": DANCE.replace("Familien", "Famlien"),
    "Fußballclub Ostpark e. V.": DANCE.replace("zerstört", "zerstoert"),
    "Nachbarschaftsverein Heeper Fichten e. V.": DANCE + " Wir kennen viele der Jungen seit Jahren.",
    "Jugendring Teuto": DANCE.replace(
        " Wir bitten", " Außerdem fehlt ein barrierefreier Zugang für Rollstuhlfahrer. Wir bitten"
    ),
    "Chorgemeinschaft Gadderbaum e. V.": DANCE.replace("Wer hier kürzt, zerstört gewachsenes Vertrauen. ", ""),
    "Kulturlabor Hafermarkt e. V.": DANCE.replace("zwei feste", "vier feste"),
}

THREE_MONTHS_BY = (
    "Deutsch-Türkischer Freundeskreis", "Alevitischer Kulturkreis Sonnenberg", "Griechische Gemeinde Olivenbaum",
    "Kurdischer Elternverein Newroz", "Spanischer Elternkreis Puente", "Vietnamesischer Kulturverein Lotus",
    "Tamilischer Schulverein Palmyra", "Portugiesischer Kulturkreis Saudade", "Elternverband Bielefeld",
    "Iranischer Bildungsverein Simorgh", "Lesepaten Bielefeld e. V.", "Bosnisches Kulturzentrum Most",
    "Marokkanischer Familienverein Atlas", "Syrischer Nachbarschaftskreis Jasmin",
)  # fmt: skip
TWELVE_MONTHS_BY = (
    "Grundschule am Waldrand", "Gesamtschule Teutoblick", "Realschule am Bach", "Lehrerverband OWL", "Amt für Schule",
)  # fmt: skip
LASTING_BY = (*THREE_MONTHS_BY[:7], "Afrikanischer Frauenkreis Sankofa", "Polnischer Chor Wisła")

SINGLE: tuple[tuple[str, tuple[Said, ...]], ...] = (
    ("Handwerksbund Innung Plus", (SEVENTH,)),
    ("Unternehmerverband Leineweber", (SEVENTH, _exchange("a3-z6-m3", "jährlichen", "halbjährlichen"))),
    ("Berufskolleg Westkreuz", (SEVENTH,)),
    ("Gewerkschaftsbund Ortskartell", (SEVENTH, YEARLY)),
    ("Wohlfahrtsverband Ostwestfalen", (YEARLY, Said(None, NEUTRAL, "Das Konzept nennt keine Kosten. Ohne Finanzplan bleibt es ein Wunsch."))),
    ("Diakonieverband Sparrenblick", (_exchange("bp-4", "alle zwei Jahre", "halbjährlich", "Nur kurze Abstände halten das Thema wach."),)),
    ("Caritasverbund Bielefelder Süden", (_exchange("bp-4", "alle zwei Jahre", "halbjährlich"), Said("bg-4", NEUTRAL, "Wer bezahlt die Stellen? Die Finanzierung fehlt."))),
    ("Kita Sonnenwinkel", (_exchange("a3-z2-m1", "50.000 Euro", "80.000 Euro", "Der Topf war im ersten Jahr nach drei Monaten leer."),)),
    ("Kita Löwenzahn", (_exchange("a3-z2-m1", "50.000 Euro", "80.000 Euro"), Said("a3-z1-m1", SUPPORT, "Das machen wir schon und es wirkt."))),
    ("Verband der Tageseltern", (_exchange("a3-z2-m1", "50.000 Euro", "100.000 Euro"),)),
    ("Familienzentrum Regenbogen", (_exchange("a3-z2-m1", "50.000 Euro", "100.000 Euro"), Said("a3-z3-m2", SUPPORT, "Unsere Beratung auf Arabisch ist auf Wochen ausgebucht."))),
    ("Volkshochschule am Ravensberg", (_exchange("a3-z7-m1", "statt.", "statt. Die Termine stehen ein halbes Jahr vorher fest."),)),
    ("Bildungswerk Offene Tür e. V.", (_exchange("a3-z7-m1", "statt.", "statt. Wer wenig verdient, lernt kostenlos."),)),
    ("Frauenverband Horizonte", (_exchange("a3-z7-m1", "am Abend", "am Abend, am Wochenende"), Said("a3-z8-m3", SUPPORT, "Frauen erreichen wir am besten dort, wo sie ohnehin sind."))),
    ("Pflegeheim Abendsonne", (_new("a3-z9-m1", "Besuchsdienste in der Muttersprache werden ausgebaut.", "Viele Bewohner verlieren im Alter ihr Deutsch."),)),
    ("Altenzentrum Lindenhof", (_new("a3-z9-m1", "Besuchsdienste in der Muttersprache werden ausgebaut."), Said("a2-z9", SUPPORT, "Das Ziel teilen wir."))),
    ("Seniorenverband Sparrenburg", (Said("a3-z9-m1", CHANGES, "Ein einziger Vorschlag für alle Älteren ist zu wenig."),)),
    ("Sozialamt", (_away("a3-z14-m2", "Gutscheine binden Verwaltung und helfen wenig, wenn Beratung ohnehin kostenlos ist."),)),
    ("Bürgerberatung im Rathaus", (_away("a3-z14-m2", "Doppelt zu Nummer 4."), _exchange("a3-z14-m1", "eine Anlaufstelle", "eine barrierefreie Anlaufstelle"))),
    ("Beratungsstelle Lebenswege", (_exchange("a3-z14-m2", "Gutscheine erleichtern", "Gutscheine in mehreren Sprachen erleichtern", "Der Weg über Gutscheine hat sich bei uns bewährt."),)),
    ("Mieterverband Ravensberg", (_exchange("a3-z11-m3", "großen Wohnanlagen", "allen Wohnanlagen ab fünfzig Wohnungen"), Said("a3-z10-m2", NEUTRAL, "Bitte die Genossenschaften einbeziehen."))),
    ("Sportbund der Stadtvereine", (_exchange("a3-z8-m1", "Ernährung und Bewegung", "Ernährung, Bewegung und Sport"),)),
    ("Psychosozialer Dienst Brücke", (_exchange("a3-z8-m2", "Fachdienste", "Fachdienste und Selbsthilfegruppen", "Ohne Dolmetscher bleibt das Netzwerk ein Netzwerk der Deutschsprachigen."),)),
    ("Gleichstellungsstelle", (_exchange("a1-umsetzungsschritte-4", "geprüft", "geprüft und im Bericht ausgewiesen"),)),
    ("Ausländerbehörde", (Said("a3-z15-m1", NEUTRAL, "Die Beschäftigung richtet sich nach Bundesrecht; die Stadt kann hier beraten, nicht entscheiden."),)),
    ("Bürgerverein Jöllenbeck e. V.", (_exchange("a3-z10-m1", "Betreuung, Beratung und Nahverkehr", "Betreuung, Beratung und Nahverkehr auch am Abend", "Der Nahverkehr am Abend fehlt in Jöllenbeck ganz."),)),
)  # fmt: skip

SHORT_ANSWERS: tuple[tuple[str, Answer], ...] = (
    ("Kulturamt", Answer.AGREES), ("Stadtteilzentrum Nordlicht", Answer.AGREES), ("Arbeiterhilfe Kreisverband", Answer.AGREES),
    ("Willkommen im Westen e. V.", Answer.AGREES), ("Kroatische Gemeinschaft Jadran", Answer.AGREES),
    ("Ukrainischer Hilfskreis Sonnenblume", Answer.AGREES), ("Sportamt", Answer.NO_REMARKS),
    ("Bibliothek im Quartier", Answer.NO_REMARKS), ("Musikschule Klangfarben", Answer.NO_REMARKS),
    ("Ärztebund Bielefeld-Mitte", Answer.NO_REMARKS), ("Polizeidienststelle Mitte", Answer.NO_REMARKS),
    ("Reparaturcafé Ostwind e. V.", Answer.NOT_CONCERNED), ("Fahrradwerkstatt Speiche e. V.", Answer.NOT_CONCERNED),
)  # fmt: skip

# Opened but not answered, and begun but not sent.
OPENED_ONLY = ("Gesundheitsamt", "Theaterwerkstatt Kreisel", "Italienischer Treff La Piazza", "Klinik am Johannisberg")
BEGUN = (
    ("Begegnungszentrum Baumheide", (Said("a3-z10-m4", SUPPORT, "Unser Platz ist dafür bereit."),)),
    ("Ghanaischer Kreis Adinkra", (Said("a3-z11-m2", CHANGES, "Auch freie Gemeinden brauchen Räume."), LASTING)),
)
EXTENDED = "Jesidischer Verein Tausend Lichter"


def voices() -> list[Voice]:
    """All answers of the demonstration, the earliest first."""
    said: dict[str, list[Said]] = {}
    for name, remarks in _by_institution():
        said.setdefault(name, []).extend(remarks)
    answers = [Voice(name, 0, Answer.REMARKS, tuple(remarks)) for name, remarks in said.items()]
    answers += [Voice(name, 0, answer) for name, answer in SHORT_ANSWERS]
    # Spread over the first eleven days in an order that looks like life and is always the same.
    in_order = sorted(answers, key=lambda voice: (len(voice.institution) * 37 + ord(voice.institution[-1])) % 101)
    return [
        Voice(voice.institution, 5 + place * 4 + place % 3, voice.answer, voice.said)
        for place, voice in enumerate(in_order)
    ]


def _by_institution() -> Iterator[tuple[str, tuple[Said, ...]]]:
    yield from ((name, (Said("a3-z4-m4", SUPPORT, text),)) for name, text in DANCE_BY.items())
    yield from ((name, (THREE_MONTHS,)) for name in THREE_MONTHS_BY)
    yield from ((name, (TWELVE_MONTHS,)) for name in TWELVE_MONTHS_BY)
    yield from ((name, (LASTING,)) for name in LASTING_BY)
    yield from SINGLE
