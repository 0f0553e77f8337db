"""Names of committees and what they suggest."""

import pytest

from ikb.core.committees import suggest_kind, suggest_role


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Rat der Stadt Bielefeld", "council"),
        ("Rat", "council"),
        ("Stadtrat", "council"),
        ("Gemeinderat", "council"),
        ("Kreistag", "council"),
        ("Stadtverordnetenversammlung", "council"),
        ("Haupt- und Beteiligungsausschuss", "committee"),
        ("Schul- u. Sportausschuss", "committee"),
        ("Wahlprüfungsausschuss des Rates", "committee"),
        ("Ausschuss für Migration und Integration", "committee"),
        ("Verwaltungsrat der Stadtwerke", "committee"),
        ("Lenkungsgruppe", "committee"),
        ("Bezirksvertretung Heepen", "district"),
        ("Bezirksverordnetenversammlung Mitte", "district"),
        ("Ortsbeirat Nord", "district"),
        ("Ortschaftsrat Süd", "district"),
        ("Fachbeirat für Mädchenarbeit", "advisory"),
        ("Psychiatriebeirat", "advisory"),
        ("Seniorenrat", "advisory"),
        ("Beirat für Behindertenfragen", "advisory"),
        ("Kinder- und Jugendparlament", "advisory"),
        ("Integrationsrat", "integration_council"),
        ("Migrationsrat", "integration_council"),
        ("Ausländerbeirat", "integration_council"),
        ("  INTEGRATIONSRAT ", "integration_council"),
    ],
)
def test_a_name_suggests_a_kind(name, kind):
    assert suggest_kind(name) == kind


@pytest.mark.parametrize(
    ("name", "is_last", "occurrence", "role"),
    [
        ("Integrationsrat", False, 1, "introduction"),
        ("Integrationsrat", False, 2, "preliminary"),
        ("Fachbeirat für Mädchenarbeit", False, 1, "hearing"),
        ("Seniorenrat", True, 1, "hearing"),
        ("Bezirksvertretung Mitte", False, 1, "hearing"),
        ("Bezirksvertretung Mitte", True, 1, "decision"),
        ("Kulturausschuss", False, 1, "preliminary"),
        ("Kulturausschuss", True, 2, "decision"),
        ("Haupt- und Beteiligungsausschuss", False, 1, "preliminary"),
        ("Rat der Stadt Bielefeld", True, 1, "decision"),
        ("Rat der Stadt Bielefeld", False, 1, "introduction"),
    ],
)
def test_a_committee_and_its_place_suggest_a_role(name, is_last, occurrence, role):
    assert suggest_role(name, is_last, occurrence) == role


def test_occurrences_count_from_one():
    with pytest.raises(ValueError, match="from 1"):
        suggest_role("Rat", is_last=True, occurrence=0)
