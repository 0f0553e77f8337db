"""Comments that argue alike come together and get a name."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ikb.core.cluster import clusters, default_themes, read_themes
from ikb.core.duplicates import Comment, Comments

START = datetime(2031, 3, 1, tzinfo=UTC)


def clustered(*texts, element="", themes=None):
    pool = Comments()
    for number, text in enumerate(texts):
        pool.add(Comment(f"S{number}", START + timedelta(hours=number), text))
    return clusters(pool.stars(), element, themes)


def members(found):
    return [list(cluster.members) for cluster in found]


def test_no_comments_make_no_clusters():
    assert clustered() == []


def test_one_comment_is_a_cluster_with_a_label():
    (cluster,) = clustered("Die Busse fahren dort abends nicht mehr.")

    assert (cluster.key, cluster.members) == ("C-S0", ("S0",))
    assert 1 <= len(cluster.label) <= 5


@pytest.mark.parametrize("text", ["???", "ja", "und oder aber", "12345"])
def test_comments_that_say_next_to_nothing_have_a_cluster_and_a_label_too(text):
    (cluster,) = clustered(text)

    assert cluster.members == ("S0",)
    assert cluster.label


def test_the_same_argument_in_other_words_is_found_by_its_theme():
    found = clustered(
        "Wer trägt die Kosten nach dem ersten Jahr?",
        "Einladungen müssen auch auf Türkisch und Arabisch erscheinen.",
        "Im Haushalt ist dafür kein Betrag vorgesehen, das Geld fehlt.",
        "Ohne Dolmetscher verstehen viele Familien den Brief nicht.",
    )

    assert members(found) == [["S0", "S2"], ["S1", "S3"]]
    assert [cluster.label[0] for cluster in found] == ["Finanzierung", "Mehrsprachigkeit"]


def test_comments_without_a_theme_come_together_by_their_words():
    found = clustered(
        "Der Springbrunnen plätschert zu laut.",
        "Das laute Plätschern vom Springbrunnen stört.",
        "Zebras gehören in die Savanne.",
    )

    assert members(found) == [["S0", "S1"], ["S2"]]


def test_a_duplicate_group_stays_together_and_speaks_with_one_voice():
    form = "Bitte erhalten Sie die Nähstube in Heepen, sie ist ein Ort für viele Mütter."

    found = clustered(form, "Wer trägt die Kosten dafür?", form + " Danke!", form)

    assert members(found) == [["S0", "S2", "S3"], ["S1"]]


def test_words_of_the_element_itself_bring_nobody_together():
    element = "Die Nähstube Heepen öffnet."
    texts = "Nähstube Heepen: Zebras bitte.", "Nähstube Heepen: Vulkane bitte."

    assert members(clustered(*texts, element=element)) == [["S0"], ["S1"]]


def test_a_municipality_may_have_its_own_themes(tmp_path):
    file = tmp_path / "themes.json"
    file.write_text(json.dumps({"format": "ikb-themes/1", "themes": {"Tiere": "zebra savanne"}}), encoding="utf-8")

    found = clustered("Zebras bitte!", "In der Savanne ist es schön.", themes=read_themes(file))

    assert members(found) == [["S0", "S1"]]
    assert found[0].label[0] == "Tiere"


def test_a_file_that_is_no_theme_lexicon_is_refused(tmp_path):
    file = tmp_path / "themes.json"
    file.write_text("[]", encoding="utf-8")

    with pytest.raises(ValueError):
        read_themes(file)


def test_every_theme_has_stems():
    themes = default_themes().stems

    assert len(themes) > 12
    assert all(len(stems) >= 10 for stems in themes.values())
