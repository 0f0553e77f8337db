"""`ikb consolidate` on files: the worked cases, and equal bytes for equal sets of statements."""

import json
import random
from itertools import combinations
from pathlib import Path

import pytest

from ikb.core.consolidate_files import run
from tests.core import consolidation_cases as cases
from tests.core.consolidation_cases import CASES, OWN, read


def consolidated(case: Path, output: Path, **changed: Path) -> bytes:
    files = {name: case / f"{name}.json" for name in ("statements", "decisions")} | changed
    assert run(case / "base.json", output=output, **files) == 0
    return output.read_bytes()


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The result of each case, worked out once."""
    folder = tmp_path_factory.mktemp("results")
    known = {}

    def result(case):
        if case not in known:
            known[case] = json.loads(consolidated(case, folder / f"{len(known)}.json"))
        return known[case]

    return result


@pytest.mark.parametrize("case", CASES)
def test_texts_and_their_order_come_out_as_expected(case, results):
    assert cases.elements(results(case)) == read(case / "expected.json")["elements"]


@pytest.mark.parametrize("case", CASES)
def test_each_proposal_has_the_expected_members_support_and_status(case, results):
    def by_member(proposals):
        return sorted(proposals, key=lambda p: p["members"])

    assert by_member(cases.proposals(results(case))) == by_member(read(case / "expected.json")["proposals"])


@pytest.mark.parametrize("case", CASES)
def test_exactly_the_expected_pairs_are_in_conflict_and_name_each_other(case, results):
    result = results(case)

    rivals = {p["id"]: set(p["conflicts_with"]) for p in result["proposals"]}

    assert cases.conflict_pairs(result) == sorted(map(sorted, read(case / "expected.json")["conflict_pairs"]))
    assert all(key in rivals[other] for key in rivals for other in rivals[key])


@pytest.mark.parametrize("case", CASES)
def test_every_changed_word_names_its_statements(case, results):
    assert cases.provenance(results(case)) == read(case / "expected.json")["provenance"]


@pytest.mark.parametrize("case", CASES)
def test_counts_are_those_of_statements_and_submitters(case, results):
    assert results(case)["counts"] == read(case / "expected.json")["counts"]


@pytest.mark.parametrize("case", CASES)
def test_exactly_the_expected_comments_are_grouped_as_duplicates(case, results):
    groups = [[m["statement"] for m in group["members"]] for group in results(case)["duplicate_groups"]]

    assert groups == read(case / "expected.json")["duplicate_groups"]


@pytest.mark.parametrize("case", CASES)
def test_what_a_member_adds_is_listed_whole(case, results):
    added = {
        m["statement"]: m["added"] for g in results(case)["duplicate_groups"] for m in g["members"] if "added" in m
    }

    assert added == read(case / "expected.json")["additions"]


@pytest.mark.parametrize("case", CASES)
def test_every_comment_is_in_one_named_cluster_with_its_group_and_its_argument(case, results):
    result, statements = results(case), read(case / "statements.json")["statements"]
    members = [name for cluster in result["clusters"] for name in cluster["members"]]
    place = {name: cluster["id"] for cluster in result["clusters"] for name in cluster["members"]}
    element = {statement["id"]: statement["element"] for statement in statements}
    arguments = read(case / "expected.json")["arguments"]

    assert sorted(members) == sorted(s["id"] for s in statements if s.get("comment"))
    assert all(1 <= len(cluster["label"]) <= 5 for cluster in result["clusters"])
    assert all(len({place[m["statement"]] for m in g["members"]}) == 1 for g in result["duplicate_groups"])
    for one, other in combinations(arguments, 2):
        if element[one] == element[other]:
            assert (place[one] == place[other]) == (arguments[one] == arguments[other])


@pytest.mark.parametrize("case", CASES)
def test_segments_in_a_row_are_the_base_text_and_the_new_text(case, results):
    base = {element["id"]: element["text"] for element in read(case / "base.json")["elements"]}

    for element in results(case)["elements"]:
        segments = element["segments"]
        assert "".join(s["text"] for s in segments if s["t"] != "ins") == base.get(element["id"], "")
        assert "".join(s["text"] for s in segments if s["t"] != "del") == (element["text"] or "")


@pytest.mark.parametrize("case", CASES)
def test_statements_in_any_order_give_the_same_bytes(case, tmp_path):
    statements = read(case / "statements.json")
    shuffled = tmp_path / "statements.json"
    expected = consolidated(case, tmp_path / "result.json")

    for seed in range(5):
        random.Random(seed).shuffle(statements["statements"])
        shuffled.write_text(json.dumps(statements), encoding="utf-8")
        assert consolidated(case, tmp_path / "again.json", statements=shuffled) == expected


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("taken", [0, 1, 7])
def test_taken_in_one_by_one_they_give_the_same_bytes_as_together(case, taken, tmp_path):
    data = read(case / "statements.json")
    first, later = tmp_path / "statements.json", tmp_path / "more.json"
    first.write_text(json.dumps(data | {"statements": data["statements"][:taken]}), encoding="utf-8")
    later.write_text(json.dumps(data | {"statements": data["statements"][taken:][::-1]}), encoding="utf-8")

    one_by_one = consolidated(case, tmp_path / "r.json", statements=first, then=later, timing=tmp_path / "timing.json")

    assert one_by_one == consolidated(case, tmp_path / "together.json")
    assert len(read(tmp_path / "timing.json")["update_ms"]) == len(data["statements"]) - taken


def test_later_statements_join_those_that_ask_for_the_same(tmp_path):
    result = json.loads(consolidated(OWN, tmp_path / "result.json", then=OWN / "more.json"))

    joined = next(p for p in result["proposals"] if p["id"] == "P-T18-0")

    assert (joined["support"], joined["status"]) == (2, "merged")
    assert next(p for p in result["proposals"] if p["id"] == "P-T19-0")["status"] == "superseded"


def test_the_file_has_sorted_keys_and_no_trace_of_a_draft(tmp_path):
    text = consolidated(OWN, tmp_path / "result.json").decode()

    pairs = json.loads(text, object_pairs_hook=list)

    assert [key for key, _ in pairs] == sorted(key for key, _ in pairs)
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]
