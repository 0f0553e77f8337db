"""A small paper of our own, in the shape and with the quirks of the real ones."""

TEXT = """Beschlussvorlage der Verwaltung

Drucksachen-Nr.: 4711/2030-2035

Gremium	Sitzung am	Beratung
Integrationsrat	22.05.2030	öffentlich
	26.06.2030	öffentlich
Seniorenrat	15.05.2030	öffentlich
Bezirksvertretung Nord	19.06.2030	öffentlich
Sozialausschuss	25.06.2030	nichtöffentlich
Rat der Stadt Musterau	04.07.2030	öffentlich

Beratungsgegenstand (Bezeichnung des Tagesordnungspunktes)

Konzept für gutes Zusammenleben in Musterau

Beschlussvorschlag:

1. Die Stadt Musterau beschließt das Konzept als Grundlage ihrer Arbeit.
 - Die Verwaltung berichtet jedes Jahr über den Stand.
2. Die Ziele nach Anlage 2 gelten für alle Ämter.

Begründung:

Viele Menschen haben an dem Konzept gearbeitet.
"""
