"""Corpora of statements with known truth, made of our own sentences: `python bench/corpus.py DIR --statements 1000`.

Writes base.json, statements.json and expected.json in the shape of the consolidation sample. The wording of the
arguments is written without regard to the theme lexicon, so that it tests the lexicon rather than repeats it.
"""

import argparse
import json
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

PLACES = [
    "Heepen",
    "Brackwede",
    "Sieker",
    "Jöllenbeck",
    "Stieghorst",
    "Schildesche",
    "Sennestadt",
    "Gadderbaum",
    "Dornberg",
    "Senne",
]
OFFERS = [
    "Sprechstunde",
    "Lernwerkstatt",
    "Bücherstunde",
    "Fahrradschule",
    "Schreibwerkstatt",
    "Kochgruppe",
    "Tanzgruppe",
    "Theatergruppe",
    "Nähstube",
    "Gartengruppe",
    "Schachgruppe",
    "Chorprobe",
    "Bastelstunde",
    "Erzählrunde",
    "Hausaufgabenhilfe",
]
TARGETS = [
    "Eltern",
    "Jugendliche",
    "Großeltern",
    "Grundschulkinder",
    "Auszubildende",
    "Alleinerziehende",
    "Neuzugewanderte",
    "Lehrkräfte",
    "Studierende",
    "Kindergartenkinder",
]
BODIES = [
    "das Schulamt",
    "die Volkshochschule",
    "das Jugendamt",
    "die Stadtbibliothek",
    "das Sozialamt",
    "der Sportbund",
]
TYPES = [
    "authority",
    "association",
    "club",
    "migrant_organisation",
    "religious_community",
    "education",
    "business",
    "committee",
    "party",
    "citizen",
]
STANCES = ("support", "support_with_changes", "oppose", "neutral", None)

BASES = (
    "Die Stadt richtet in {place} eine {offer} für {target} ein. Über die Ergebnisse berichtet {body} jährlich.",
    "In {place} wird die {offer} für {target} bis 2012 ausgebaut. Mindestens {number} Plätze stehen zur Verfügung.",
    "{Body} führt in {place} zweimal im Jahr eine {offer} für {target} durch. Die Teilnahme ist kostenlos.",
    "Eine {offer} in {place} unterstützt {target} beim Ankommen. Sie findet an {number} Tagen im Monat statt.",
)

ARGUMENTS = {
    "money": (
        "Wer die {offer} bezahlen soll, steht nirgends; der Haushalt gibt das kaum her.",
        "Für die {offer} sind keine Gelder eingeplant, am Ende zahlen die Vereine.",
        "Die laufenden Kosten fehlen in der Vorlage, ohne festes Budget bleibt alles Wunschdenken.",
        "Uns fehlt eine Aussage zur Finanzierung über das erste Jahr hinaus.",
        "Ohne einen städtischen Zuschuss lässt sich das Angebot nicht halten.",
    ),
    "staff": (
        "Mit den vorhandenen Leuten ist das nicht zu schaffen, es braucht mehr Personal.",
        "Wer soll die {offer} leiten? Die Fachkräfte sind schon jetzt überlastet.",
        "Ehrenamtliche allein können das nicht tragen, nötig ist eine feste Stelle.",
        "Die Beschäftigten vor Ort brauchen dafür Fortbildungen.",
        "Es fehlen qualifizierte Mitarbeiterinnen und Mitarbeiter für diese Aufgabe.",
    ),
    "language": (
        "Viele verstehen die Einladungen nicht, sie müssten in mehreren Sprachen erscheinen.",
        "Ohne Dolmetscherinnen erreicht die {offer} gerade die nicht, die sie brauchen.",
        "Das Material sollte übersetzt werden, etwa ins Türkische und Russische.",
        "Bitte denken Sie an eine mehrsprachige Ankündigung.",
        "Sprachmittler müssten fest dazugehören, sonst redet man aneinander vorbei.",
    ),
    "access": (
        "Der Zugang ist nicht barrierefrei, mit dem Rollstuhl kommt niemand hinein.",
        "Menschen mit Behinderung werden hier vergessen, es fehlt ein Aufzug.",
        "Für Gehörlose gibt es keine Gebärdensprache, das schließt sie aus.",
        "Eine Rampe am Eingang wäre das Mindeste für alle mit Rollator.",
        "Barrieren im Gebäude machen die {offer} für manche unerreichbar.",
    ),
    "schedule": (
        "Der Zeitplan ist zu eng, bis zum Sommer schafft das niemand.",
        "Bitte nennen Sie einen Termin für den Start, sonst verzögert sich alles.",
        "Die Umsetzung dauert viel zu lange, das müsste früher beginnen.",
        "Es fehlt eine Frist, bis wann die {offer} eingerichtet ist.",
        "Kurzfristig ist das nicht machbar, sinnvoll wären mehrere Etappen.",
    ),
    "evaluation": (
        "Woran misst man den Erfolg? Kennzahlen sucht man vergebens.",
        "Nach einem Jahr sollte überprüft werden, ob die {offer} etwas bewirkt.",
        "Ohne Evaluation erfahren wir nie, ob das Geld gut angelegt war.",
        "Wir wünschen uns Indikatoren und einen jährlichen Bericht über die Wirkung.",
        "Eine Auswertung der Besuchszahlen gehört in das Konzept.",
    ),
    "network": (
        "Es gibt schon ähnliche Angebote, hier müsste besser kooperiert werden.",
        "Die Vereine im Stadtteil sollten sich vernetzen statt nebeneinander zu arbeiten.",
        "Bitte stimmen Sie sich mit den Partnern vor Ort ab, es gibt doch den Arbeitskreis.",
        "Ein regelmäßiger Austausch zwischen den Einrichtungen würde viel helfen.",
        "Die Zusammenarbeit mit den Nachbarschulen kommt zu kurz.",
    ),
    "rooms": (
        "In {place} gibt es dafür gar keinen geeigneten Raum.",
        "Die Räumlichkeiten sind zu klein und müssten erst saniert werden.",
        "Das Gebäude steht leer und könnte für die {offer} umgebaut werden.",
        "Wir suchen seit langem einen Treffpunkt mit ordentlicher Ausstattung.",
        "Die Turnhalle ist ständig belegt, wo soll das stattfinden?",
    ),
    "participation": (
        "Die Betroffenen wurden nicht gefragt, sie müssen mitreden dürfen.",
        "Bitte beteiligen Sie die Migrantenorganisationen an der Planung.",
        "Wir wurden bei der Erarbeitung nicht einbezogen.",
        "Eltern sollten über die {offer} mitbestimmen können.",
        "Vor dem Beschluss gehört eine Befragung der Familien.",
    ),
}
CAMPAIGNS = (
    (
        "Bitte erhalten Sie die {offer} in {place}.",
        "Dort treffen sich seit acht Jahren {target} aus vielen Familien.",
        "Wer hier spart, zerstört gewachsenes Vertrauen.",
        "Ich fordere den Rat auf, {n} feste Termine pro Woche zu sichern.",
    ),
    (
        "Die {offer} ist für {target} in {place} eine wichtige Hilfe.",
        "Ohne sie bleiben viele allein mit ihren Fragen.",
        "Deshalb soll die Stadt {n} weitere Gruppen einrichten.",
        "Das Geld dafür ist gut angelegt.",
        "Der Bedarf wächst seit langem deutlich.",
    ),
    (
        "Mit großer Sorge haben wir von den Plänen für {place} gelesen.",
        "Eine {offer} nur für {target} geht an den Menschen vorbei.",
        "Wir lehnen diese Maßnahme ab und bitten um einen neuen Vorschlag.",
        "Nötig wären mindestens {n} Angebote für alle Altersgruppen.",
    ),
)
ADDITIONS = (
    "Außerdem fehlt ein sicherer Fußweg zum Eingang.",
    "Zusätzlich brauchen wir abends eine bessere Beleuchtung.",
    "Auch die Busverbindung am Wochenende muss verbessert werden.",
    "Bitte prüfen Sie zudem eine Kinderbetreuung während der Stunden.",
    "Wichtig wäre außerdem eine feste Ansprechpartnerin im Rathaus.",
    "Daneben sollten die Toiletten endlich erneuert werden.",
)
PERSONAL = (
    "Ich wohne seit {n} Jahren in {place}.",
    "Meine Tochter besucht die Gruppe seit {n} Monaten.",
    "Ich bin selbst Mutter von {n} Kindern.",
    "Wir leben gern in diesem Stadtteil.",
)
GREETINGS = ("", "Sehr geehrte Damen und Herren,\n\n", "Guten Tag,\n", "Liebe Stadtverwaltung, ", "Hallo zusammen!\n\n")
CLOSINGS = (
    "",
    "\n\nMit freundlichen Grüßen\nAnna Beispiel",
    "\n\nViele Grüße\nP. Muster, Musterweg 5",
    "\nHochachtungsvoll\nFamilie Probe",
    "\n\nVielen Dank für Ihre Mühe!\nMfG K. Test",
)
SYNONYMS = {
    "wichtige": "bedeutende",
    "deutlich": "spürbar",
    "sichern": "gewährleisten",
    "zerstört": "vernichtet",
    "neuen": "anderen",
    "einrichten": "schaffen",
    "viele": "zahlreiche",
    "erhalten": "bewahren",
}
NUMBER_WORDS = ("zwei", "drei", "vier", "fünf", "sechs", "sieben")
STOCK = (
    "Keine Bedenken.",
    "Wir stimmen zu.",
    "Einverstanden.",
    "Kein Bedarf gesehen.",
    "Wird begrüßt.",
    "Bitte kürzen.",
)
DRAFT_CHANGES = (
    ("Stadt", "Kommune"),
    ("jährlich", "halbjährlich"),
    ("jährlich", "vierteljährlich"),
    ("kostenlos", "gebührenfrei"),
    ("2012", "2014"),
    ("2012", "2013"),
    ("unterstützt", "begleitet"),
    ("Mindestens", "Wenigstens"),
)
SENTENCES = (
    "Die Termine liegen auch am Abend.",
    "Dolmetscherinnen werden bei Bedarf hinzugezogen!",
    "Ein Fahrdienst bringt ältere Gäste nach Hause.",
    "Kinder unter sechs Jahren werden währenddessen betreut.",
)


class Maker:
    """Makes one corpus; everything it does follows from the seed."""

    def __init__(self, statements: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.wanted = statements
        self.statements = []
        self.elements = []
        self.older = []
        self.running = set()
        self.truth = {"duplicate_groups": [], "near_misses": [], "additions": {}, "arguments": {}, "wishes": {}}

    def make(self) -> tuple[dict, dict, dict]:
        """Base, statements and truth, as plain data."""
        count = max(6, self.wanted // 90)
        self.slots = {f"m{n}": self._slots() for n in range(count)}
        for element, slots in self.slots.items():
            self._element(element, slots)
        while len(self.statements) < self.wanted:
            element = self.random.choice(list(self.slots))
            kind = self.random.random()
            if kind < 0.006:
                self._campaign(element, self.random.choice((8, 15, 30, 60)))
            elif kind < 0.46:
                self._argument(element)
            elif kind < 0.52:
                self._statement(element, self.random.choice(STOCK))
            else:
                self._amend(element)
        del self.statements[self.wanted :]
        return self._files()

    def _slots(self) -> dict[str, str]:
        choose = self.random.choice
        body = choose(BODIES)
        return {"place": choose(PLACES), "offer": choose(OFFERS), "target": choose(TARGETS), "body": body,
            "Body": body[0].upper() + body[1:], "number": str(self.random.randint(12, 90))}  # fmt: skip

    def _element(self, element: str, slots: dict[str, str]) -> None:
        text = self.random.choice(BASES).format(**slots)
        self.elements.append({"id": element, "kind": "measure", "number": element[1:], "parent": None, "text": text})
        old = text.replace("jährlich", "zweijährlich") if self.random.random() < 0.5 else text
        self.older.append({"id": element, "number": element[1:], "text": old})

    def _statement(self, element, comment="", amendments=(), stance=None) -> str:
        number = len(self.statements)
        moment = datetime(2031, 1, 1, tzinfo=UTC) + timedelta(
            minutes=self.random.randrange(200_000), seconds=number % 60
        )
        self.statements.append({
            "id": f"S{number:06d}",
            "submitted_at": moment.isoformat().replace("+00:00", "Z"),
            "submitter": {"id": f"I{self.random.randrange(self.wanted)}", "type": self.random.choice(TYPES)},
            "element": element,
            "stance": stance or self.random.choice(STANCES),
            "comment": comment,
            "amendments": list(amendments),
        })  # fmt: skip
        return self.statements[-1]["id"]

    def _argument(self, element: str) -> None:
        name = self.random.choice(list(ARGUMENTS))
        text = self.random.choice(ARGUMENTS[name]).format(**self.slots[element])
        if self.random.random() < 0.3:
            text = f"{text} {self.random.choice(ARGUMENTS[name]).format(**self.slots[element])}"
        if self.random.random() < 0.2:
            text = self.random.choice(GREETINGS) + text + self.random.choice(CLOSINGS)
        self.truth["arguments"][self._statement(element, text)] = name

    def _campaign(self, element: str, size: int) -> None:
        slots = self.slots[element] | {"n": self.random.choice(NUMBER_WORDS)}
        form = self.random.randrange(len(CAMPAIGNS))
        if (element, form) in self.running:
            return
        self.running.add((element, form))
        sentences = [sentence.format(**slots) for sentence in CAMPAIGNS[form]]
        members = [self._statement(element, " ".join(sentences)) for _ in range(max(2, size // 4))]
        for _ in range(size - len(members)):
            text, added = self._variant(sentences)
            member = self._statement(element, text)
            members.append(member)
            if added:
                self.truth["additions"][member] = [added]
        self.truth["duplicate_groups"].append(members)
        for _ in range(max(1, size // 10)):
            missed = self._statement(element, self._near_miss(sentences, slots))
            self.truth["near_misses"].append([missed, members[0]])

    def _variant(self, sentences: list[str]) -> tuple[str, str | None]:
        parts, added, chance = list(sentences), None, self.random.random
        if chance() < 0.15:
            parts.pop(self.random.randrange(len(parts)))
        if chance() < 0.15:
            parts.insert(0, parts.pop())
        if chance() < 0.3:
            parts = [" ".join(SYNONYMS.get(word, word) for word in part.split(" ")) for part in parts]
        if chance() < 0.4:
            at = self.random.randrange(len(parts))
            parts[at] = self._with_slip(parts[at])
        if chance() < 0.35:
            added = self.random.choice(ADDITIONS)
            parts.insert(self.random.randint(0, len(parts)), added)
        if chance() < 0.25:
            parts.append(self.random.choice(PERSONAL).format(place="Sieker", n=self.random.randint(3, 30)))
        text = " ".join(parts)
        text = self.random.choice(GREETINGS) + text + self.random.choice(CLOSINGS)
        if chance() < 0.1:
            text = text.replace("ü", "ue").replace("ä", "ae").replace("ö", "oe").replace("ß", "ss")
            added = added and added.replace("ü", "ue").replace("ä", "ae").replace("ö", "oe").replace("ß", "ss")
        if chance() < 0.06:
            text = text.upper()
            added = added and added.upper()
        return text, added

    def _with_slip(self, text: str) -> str:
        words = text.split(" ")
        long = [at for at, word in enumerate(words) if len(word) > 6 and word.isalpha()]
        for at in self.random.sample(long, min(len(long), self.random.randint(1, 2))):
            word, place = words[at], self.random.randint(1, len(words[at]) - 2)
            words[at] = self.random.choice((
                word[:place] + word[place + 1] + word[place] + word[place + 2 :],
                word[:place] + word[place + 1 :],
                word[:place] + word[place] + word[place:],
            ))  # fmt: skip
        return " ".join(words)

    def _near_miss(self, sentences: list[str], slots: dict[str, str]) -> str:
        text = " ".join(sentences)
        other = self.random.choice([n for n in NUMBER_WORDS if n != slots["n"]])
        changes = [(f" {slots['n']} ", f" {other} ")]
        for key, pool in (("target", TARGETS), ("place", PLACES), ("offer", OFFERS)):
            changes.append((slots[key], self.random.choice([value for value in pool if value != slots[key]])))
        changes += [("Bitte erhalten Sie", "Bitte schließen Sie"), ("soll die Stadt", "soll die Stadt nicht"),
            ("lehnen diese Maßnahme ab", "begrüßen diese Maßnahme")]  # fmt: skip
        usable = [change for change in changes if change[0] in text]
        return text.replace(*self.random.choice(usable))

    def _amend(self, element: str) -> None:
        text = next(e["text"] for e in self.elements if e["id"] == element)
        usable = [change for change in DRAFT_CHANGES if re.findall(r"\w+", text).count(change[0]) == 1]
        if usable and self.random.random() < 0.6:
            old, new = self.random.choice(usable)
            wanted = re.sub(rf"\b{old}\b", new, text)
            amendment = {"find": old, "new_text": new} if self.random.random() < 0.5 else {"new_text": wanted}
        else:
            wanted = f"{text} {self.random.choice(SENTENCES)}"
            amendment = {"new_text": wanted}
        amendment |= {"op": "replace", "element": element, "base_version": 2}
        name = self._statement(element, "", [amendment])
        self.truth["wishes"][name] = f"{element}: {wanted}"

    def _files(self) -> tuple[dict, dict, dict]:
        document = {"id": "probe", "title": "Probe", "version": 2}
        history = [{"version": 1, "elements": self.older}]
        present = {statement["id"] for statement in self.statements}
        truth = self.truth
        truth["duplicate_groups"] = [[m for m in group if m in present] for group in truth["duplicate_groups"]]
        truth["near_misses"] = [pair for pair in truth["near_misses"] if set(pair) <= present]
        for key in ("additions", "arguments", "wishes"):
            truth[key] = {name: value for name, value in truth[key].items() if name in present}
        return (
            {"format": "ikb-base/1", "document": document, "elements": self.elements, "history": history},
            {"format": "ikb-statements/1", "statements": self.statements},
            {"format": "ikb-expected/1"} | truth,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--statements", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    files = Maker(options.statements, options.seed).make()
    for name, data in zip(("base", "statements", "expected"), files, strict=True):
        (options.folder / f"{name}.json").write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
