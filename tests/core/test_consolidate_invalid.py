"""Invalid input of `ikb consolidate`: exit code 2, one line per fault with file, id and reason, and no result."""

import copy
import json

import pytest

from ikb.core.consolidate_files import consolidate_files, run
from tests.core.consolidation_cases import OWN, read

NAMES = ("base", "statements", "decisions", "more")


@pytest.fixture
def consolidate(tmp_path, capsys):
    """Runs on copies of the files: each changed by a function, or replaced by text; returns code, lines, output path."""

    def call(**changes):
        for name in NAMES:
            data = copy.deepcopy(read(OWN / f"{name}.json"))
            change = changes.get(name)
            if callable(change):
                change(data)
            text = change if isinstance(change, str | bytes) else json.dumps(data)
            (tmp_path / f"{name}.json").write_bytes(text if isinstance(text, bytes) else text.encode())
        output = tmp_path / "result.json"
        code = run(
            tmp_path / "base.json",
            tmp_path / "statements.json",
            output,
            tmp_path / "decisions.json",
            tmp_path / "more.json" if "more" in changes else None,
        )
        return code, capsys.readouterr().err.splitlines(), output

    return call


def element(place, **fields):
    return lambda data: data["elements"][place].update(fields)


def document(**fields):
    return lambda data: data["document"].update(fields)


def older(place, **fields):
    return lambda data: data["history"][place].update(fields)


def statement(place, **fields):
    return lambda data: data["statements"][place].update(fields)


def wish(**fields):
    return lambda data: data["statements"][0]["amendments"][0].update(fields)


def without(key):
    return lambda data: data["statements"][0]["amendments"][0].pop(key)


def decided(*decisions):
    entries = [{"statement": s, "amendment": a, "decision": d} for s, a, d in decisions]
    return lambda data: data.update(decisions=entries)


INVALID = [
    ("base", "{", "base.json: ", "kein gültiges JSON (Zeile 1"),
    ("base", "", "base.json: ", "kein gültiges JSON"),
    ("base", b"\xff{}", "base.json: ", "nicht in UTF-8"),
    ("base", "[" * 100_000, "base.json: ", "kein gültiges JSON"),
    ("base", "null", "base.json: ", "kein JSON-Objekt"),
    ("base", "[]", "base.json: ", "kein JSON-Objekt"),
    ("base", lambda d: d.update(format="ikb-base/2"), "base.json: ", "ikb-base/1"),
    ("base", lambda d: d.pop("document"), "base.json: ", "document"),
    ("base", document(version="3"), "base.json: document: ", "ganze Zahl"),
    ("base", document(version=True), "base.json: document: ", "ganze Zahl"),
    ("base", document(version=2), "base.json: history[1]: ", "nicht älter"),
    ("base", lambda d: d.pop("elements"), "base.json: ", "Liste"),
    ("base", lambda d: d["elements"].append(7), "base.json: elements[6]: ", "Objekt"),
    ("base", element(1, id="a"), "base.json: a: ", "mehrfach"),
    ("base", element(1, id=" "), "base.json: elements[1]: ", "nicht leer"),
    ("base", element(1, text=None), "base.json: w1: ", "Text"),
    ("base", element(1, text="\ud800"), "base.json: w1: ", "Unicode"),
    ("base", element(1, kind="poem"), "base.json: w1: ", "section, goal, measure, paragraph"),
    ("base", element(1, parent="x"), "base.json: w1: ", "„x“ gibt es nicht"),
    ("base", element(1, parent="w1"), "base.json: w1: ", "selbst übergeordnet"),
    ("base", older(1, version=1), "base.json: history[1]: ", "mehrfach"),
    ("base", older(1, version=3), "base.json: history[1]: ", "nicht älter"),
    ("base", older(0, elements=[{"id": "a", "text": ""}] * 2), "base.json: history[0] a: ", "mehrfach"),
    ("statements", "nein", "statements.json: ", "kein gültiges JSON"),
    ("statements", lambda d: d.update(format="x"), "statements.json: ", "ikb-statements/1"),
    ("statements", lambda d: d.pop("statements"), "statements.json: ", "Liste"),
    ("statements", statement(1, id="T01"), "statements.json: T01: ", "schon eine andere"),
    ("statements", statement(1, id=2), "statements.json: statements[1]: ", "Text"),
    ("statements", statement(0, element="w77"), "statements.json: T01: ", "„w77“"),
    ("statements", statement(0, element=["w1"]), "statements.json: T01: ", "Text"),
    ("statements", statement(0, stance="maybe"), "statements.json: T01: ", "support_with_changes"),
    ("statements", statement(0, comment=1), "statements.json: T01: ", "Text"),
    ("statements", statement(0, submitted_at="gestern"), "statements.json: T01: ", "Zeitpunkt"),
    ("statements", statement(0, submitted_at="2031-03-01T08:00:00"), "statements.json: T01: ", "Zeitpunkt"),
    ("statements", statement(0, submitter=None), "statements.json: T01: ", "submitter"),
    ("statements", statement(0, submitter={"id": "V"}), "statements.json: T01 submitter: ", "type"),
    ("statements", statement(0, amendments=None), "statements.json: T01: ", "Liste"),
    ("statements", wish(op="move"), "statements.json: T01 amendments[0]: ", "replace, delete, insert"),
    ("statements", wish(element=None), "statements.json: T01 amendments[0]: ", "element"),
    ("statements", wish(base_version="3"), "statements.json: T01 amendments[0]: ", "ganze Zahl"),
    ("statements", wish(occurrence="2"), "statements.json: T01 amendments[0]: ", "ganze Zahl"),
    ("statements", wish(after="am"), "statements.json: T01 amendments[0]: ", "nur zu einer Einfügung"),
    ("statements", without("new_text"), "statements.json: T01 amendments[0]: ", "new_text"),
    ("statements", wish(op="insert"), "statements.json: T01 amendments[0]: ", "genau eines"),
    ("statements", wish(op="insert", position="over"), "statements.json: T01 amendments[0]: ", "after, before"),
    ("more", statement(0, id="T01"), "more.json: T01: ", "schon eine andere"),
    ("decisions", "{]", "decisions.json: ", "kein gültiges JSON"),
    ("decisions", decided(("T01", 0, "perhaps")), "decisions.json: T01: ", "accept, reject"),
    ("decisions", decided(("T01", "0", "accept")), "decisions.json: T01: ", "ganze Zahl"),
    ("decisions", decided(("T01", 1, "accept")), "decisions.json: T01: ", "Stelle 1 hat"),
    ("decisions", decided(("T01", -1, "accept")), "decisions.json: T01: ", "Stelle -1 hat"),
    ("decisions", decided(("T01", 0, "accept"), ("T01", 0, "reject")), "decisions.json: T01: ", "zugleich"),
    ("decisions", decided(("T01", 0, "accept"), ("T02", 0, "reject")), "decisions.json: T01: ", "T02"),
]


@pytest.mark.parametrize(("file", "change", "begins", "says"), INVALID, ids=[f"{i[0]}-{i[3]}" for i in INVALID])
def test_a_fault_names_file_id_and_reason_and_nothing_is_written(consolidate, file, change, begins, says):
    code, lines, output = consolidate(**{file: change})

    assert code == 2
    assert any(line.startswith(begins) and says in line for line in lines), lines
    assert not output.exists()


def test_unchanged_the_same_files_are_valid(consolidate):
    code, lines, output = consolidate(more=lambda data: None)

    assert (code, lines, output.exists()) == (0, [], True)


def test_every_fault_of_every_file_has_a_line_of_its_own(consolidate):
    code, lines, _ = consolidate(
        base=element(1, parent="x"),
        statements=lambda d: (statement(0, stance="maybe")(d), statement(3, submitted_at="")(d)),
        decisions=decided(("T02", 0, "maybe")),
    )

    assert code == 2
    assert [line.split(": ")[:2] for line in lines] == [
        ["base.json", "w1"],
        ["statements.json", "T01"],
        ["statements.json", "T04"],
        ["decisions.json", "T02"],
    ]


def test_a_circle_of_parents_is_named_by_its_elements_only(consolidate):
    def circle(data):
        element(1, parent="w2")(data)
        element(2, parent="w1")(data)
        element(3, parent="w2")(data)

    _, lines, _ = consolidate(base=circle)

    assert [line.split(": ")[1] for line in lines] == ["w1", "w2"]


def test_line_breaks_in_an_id_do_not_break_the_line(consolidate):
    _, lines, _ = consolidate(statements=statement(0, id="T\n01", stance="x"))

    assert len(lines) == 1
    assert lines[0].startswith("statements.json: T 01: ")


def test_missing_files_and_folders_are_faults(tmp_path, capsys):
    missing, somewhere = tmp_path / "missing.json", tmp_path / "no" / "result.json"

    assert run(missing, OWN / "statements.json", tmp_path / "r.json") == 2
    assert run(OWN / "base.json", OWN / "statements.json", somewhere) == 2

    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == ["missing.json", "result.json"]


def test_decisions_without_effect_are_no_fault(consolidate):
    late_or_settled = decided(("T99", 0, "accept"), ("T04", 0, "reject"), ("T06", 0, "accept"), ("T17", 0, "accept"))

    code, _, output = consolidate(decisions=late_or_settled)
    statuses = {p["id"]: p["status"] for p in read(output)["proposals"]}

    assert code == 0
    assert statuses["P-T04-0"] == "already_adopted"
    assert statuses["P-T06-0"] == "stale_conflict"
    assert statuses["P-T17-0"] == "unplaceable"


def test_optional_fields_may_be_missing(consolidate):
    def sparse(data):
        for key in ("comment", "amendments", "stance", "element"):
            data["statements"][0].pop(key)
        data["statements"] = [s for s in data["statements"] if s.get("element") != "w9"]

    code, lines, _ = consolidate(base=lambda d: d.pop("history"), statements=sparse)

    assert (code, lines) == (0, [])


def test_an_older_result_stays_when_the_input_is_invalid(tmp_path):
    output = tmp_path / "result.json"
    consolidate_files(OWN / "base.json", OWN / "statements.json", output)
    before = output.read_bytes()

    assert run(OWN / "decisions.json", OWN / "statements.json", output) == 2

    assert output.read_bytes() == before
