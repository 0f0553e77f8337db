"""Which comments make the same demand, and which only look like it."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from ikb.core.comments.letters import read_letter
from ikb.core.comments.matching import added_sentences, same_demand
from ikb.core.comments.spelling import fold, is_slip
from ikb.core.duplicates import Comment, Comments, duplicate_groups

START = datetime(2031, 3, 1, tzinfo=UTC)
FORM = (
    "Bitte erhalten Sie die Nähstube in Heepen. Dort lernen Mütter und Töchter seit zehn Jahren voneinander. "
    "Wer sie schließt, verliert mehr als einen Raum. Wir fordern drei feste Nachmittage in der Woche."
)


def comments(*texts):
    return [Comment(f"S{n:02d}", START + timedelta(hours=n), text) for n, text in enumerate(texts)]


def found(*texts):
    pool = Comments()
    for comment in comments(*texts):
        pool.add(comment)
    return duplicate_groups(pool.stars())


@pytest.mark.parametrize(
    "variant",
    [
        FORM,
        f"Sehr geehrte Damen und Herren,\n\n{FORM}\n\nMit freundlichen Grüßen\nIna Muster\nMusterweg 5",
        f"Liebe Stadtverwaltung, {FORM} Viele Grüße, Ina Muster",
        f"{FORM} Vielen Dank für Ihre Mühe!",
        f"{FORM} Ich wohne seit 20 Jahren in Heepen.",
        FORM.upper(),
        FORM.lower(),
        FORM.replace("ä", "ae").replace("ö", "oe").replace("ß", "ss"),
        FORM.replace("Nähstube", "Nähtsube").replace("feste", "fetse"),
        FORM.replace("verliert", "verleirt").replace("Nachmittage", "Nachmitage"),
        FORM.replace("verliert", "zerstört"),
        FORM.replace(". ", ".\n"),
        FORM.replace(" Wer sie schließt, verliert mehr als einen Raum.", ""),
        "Wir fordern drei feste Nachmittage in der Woche. "
        + FORM.replace(" Wir fordern drei feste Nachmittage in der Woche.", ""),
        f"{FORM} Außerdem fehlt eine Rampe am Eingang.",
        FORM.replace("voneinander", "von einander"),
    ],
)
def test_the_same_demand_in_nearly_the_same_words_is_one_group(variant):
    (group,) = found(FORM, variant)

    assert [m.statement for m in group.members] == ["S00", "S01"]
    assert (group.key, group.representative) == ("G-S00", "S00")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("drei feste", "vier feste"),
        ("zehn Jahren", "zwölf Jahren"),
        ("drei", "3"),
        ("Mütter", "Väter"),
        ("in Heepen", "in Sieker"),
        ("Nähstube", "Kochgruppe"),
        ("Nachmittage", "Vormittage"),
        ("Bitte erhalten Sie", "Bitte schließen Sie"),
        ("Bitte erhalten Sie", "Bitte erhalten Sie nicht"),
        ("Wir fordern drei", "Wir fordern keine drei"),
        ("Wir fordern drei feste Nachmittage", "Wir fordern drei feste Nachmittage und Kurse"),
        ("lernen", "lernten nie"),
        ("feste", "unfeste"),
        ("Dort lernen Mütter", "Dort lernen ältere Mütter"),
    ],
)
def test_another_number_noun_negation_or_direction_stays_apart(old, new):
    assert old in FORM
    expected = [] if new != "Dort lernen ältere Mütter" else [["S00", "S01"]]

    assert [[m.statement for m in g.members] for g in found(FORM, FORM.replace(old, new))] == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Keine Bedenken.", "Keine Bedenken.", True),
        ("Keine Bedenken.", "keine bedenken", True),
        ("Keine Bedenken.", "Keine großen Bedenken.", False),
        ("Wir stimmen zu.", "Wir stimmen nicht zu.", False),
        ("Ja", "Nein", False),
        ("???", "???", True),
        ("???", "!!!", False),
        (
            "Die Busse sollen vor den Autos fahren dürfen, bitte überall.",
            "Die Autos sollen vor den Busse fahren dürfen, bitte überall.",
            False,
        ),
        (
            "Im Sommer fehlt dort jeder Schatten für die kleinen Kinder.",
            "Im Sommer fehlt dort jeder Schatten für die großen Kinder.",
            False,
        ),
        (
            "Wir begrüßen die neue Werkstatt für Räder am Bahnhof sehr.",
            "Wir bedauern die neue Werkstatt für Räder am Bahnhof sehr.",
            False,
        ),
    ],
)
def test_short_and_turned_comments(one, other, expected):
    assert same_demand(read_letter(one), read_letter(other)) is expected
    assert same_demand(read_letter(other), read_letter(one)) is expected


def test_words_of_the_draft_are_no_slips_of_one_another():
    one = read_letter("Der neue Treff in der Nordstadt soll vor allem für Schüler offen sein.")
    other = read_letter("Der neue Treff in der Nordstadt soll vor allem für Schulen offen sein.")

    assert not same_demand(one, other, frozenset(("schuler", "schulen")))


def test_a_letter_without_the_decisive_sentence_does_not_chain_a_near_miss_to_the_campaign():
    decisive = " Wir fordern drei feste Nachmittage in der Woche."

    groups = found(FORM, FORM, FORM.replace(decisive, ""), FORM.replace("drei", "vier"))

    assert [[m.statement for m in g.members] for g in groups] == [["S00", "S01", "S02"]]


def test_exact_and_near_members_and_what_they_add():
    extra = "Außerdem fehlt eine Rampe am Eingang."

    (group,) = found(FORM, f"Guten Tag,\n{FORM}", f"{FORM} {extra} Ich lebe gern hier. Vielen Dank!")

    assert [(m.kind, m.added) for m in group.members] == [("exact", ()), ("exact", ()), ("near", (extra,))]


def test_an_afterword_behind_the_signature_is_not_lost():
    letter = read_letter(f"{FORM}\n\nMit freundlichen Grüßen\nIna Muster\nPS: Bitte denken Sie auch an eine Rampe.")

    assert added_sentences(letter, read_letter(FORM)) == ("Bitte denken Sie auch an eine Rampe.",)


def test_a_line_about_the_writer_that_takes_sides_is_listed():
    letter = read_letter(f"{FORM} Ich bin für eine zweite Gruppe am Morgen.")

    assert added_sentences(letter, read_letter(FORM)) == ("Ich bin für eine zweite Gruppe am Morgen.",)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_comments_never_matters(seed):
    texts = [FORM, FORM.replace("drei", "vier"), FORM + " Auch eine Rampe fehlt.", "Gut so.", FORM.upper(), "Gut so."]
    pool, listed = Comments(), comments(*texts)
    random.Random(seed).shuffle(listed)

    for comment in listed:
        pool.add(comment)

    assert duplicate_groups(pool.stars()) == found(*texts)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Straße", "strasse"),
        ("GRÜSSE", "grusse"),
        ("Gruesse", "grusse"),
        ("neue", "neue"),
        ("Steuer", "steuer"),
        ("Elterncafé", "elterncafe"),
        ("Eltern-Café", "elterncafe"),
        ("Schüler*innen", "schulerinnen"),
        ("Schüler:innen", "schulerinnen"),
    ],
)
def test_other_spellings_are_folded_into_one(word, expected):
    assert fold(word) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("nicht", "nciht", True),
        ("familien", "famlien", True),
        ("massnahme", "manahme", True),
        ("2012", "2013", False),
        ("rat", "rad", False),
        ("haus", "maus", False),
        ("nordstadt", "sudstadt", False),
    ],
)
def test_slips_of_the_keyboard(one, other, expected):
    assert is_slip(one, other) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Nur ein Satz", ["Nur ein Satz"]),
        ("Das gilt z. B. hier. Und dort!", ["Das gilt z. B. hier.", "Und dort!"]),
        ("Am 3. mai ist Fest. Danach nicht.", ["Am 3. mai ist Fest.", "Danach nicht."]),
        ("Es fehlt:\n- ein Baum\n- eine Bank", ["Es fehlt:", "ein Baum", "eine Bank"]),
        ("Zeile eins\nläuft weiter.", ["Zeile eins läuft weiter."]),
        ("Hallo,\nkommt bald.\nMfG X", ["kommt bald."]),
        ("Mit freundlichen Grüßen\nX", ["Mit freundlichen Grüßen X"]),
    ],
)
def test_letters_are_read_as_sentences(text, expected):
    assert [sentence.text for sentence in read_letter(text).sentences] == expected
