"""German words that carry little, turn a sentence round, or count something; the lists behind the comparison of letters.

All entries are folded as `spelling.fold` does it, so "für" is found as "fur" and "Grüße" as "grusse".
"""

from collections.abc import Iterable

from ikb.core.comments.spelling import fold


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


def _stems(text: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in text.split())


NEGATIONS = _words(
    """nicht nichts nie niemals niemand niemanden nirgends nirgendwo keinesfalls keineswegs kein keine keinem keinen
    keiner keines keinerlei ohne weder gegen statt anstatt anstelle außer kaum"""
)

NUMBERS = _words(
    """null zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn
    achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert tausend million
    millionen beide beiden einmal zweimal dreimal viermal zweite zweiten zweiter zweites dritte dritten dritter
    drittes vierte vierten fünfte fünften halb halbe halben hälfte doppelt doppelte doppelten dreifach viertel
    drittel dutzend einzige einzigen mindestens höchstens maximal minimal täglich wöchentlich monatlich jährlich
    halbjährlich vierteljährlich zweijährlich werktags wochenends januar februar märz april mai juni juli august
    september oktober november dezember montag dienstag mittwoch donnerstag freitag samstag sonntag montags
    dienstags mittwochs donnerstags freitags samstags sonntags morgens vormittags mittags nachmittags abends nachts"""
)
"""Words that say how many, how much or when; "ein" is not among them, it is mostly an article."""

FUNCTION_WORDS = _words(
    """aber alle allem allen aller alles als also am an andere anderen anderer anderes auch auf aufgrund aus außerdem
    bei beim bereits besonders bis bisher bitte bloß da dabei dadurch dafür dagegen daher dahin damit danach daneben
    dann daran darauf daraus darf darin darüber darum darunter das dass davon davor dazu dein deine dem den denn dennoch der
    deren derzeit des deshalb dessen deswegen dich die dies diese diesem diesen dieser dieses doch dort dringend du
    durch dürfen eben ebenfalls ebenso eher ein eine einem einen einer eines einfach endlich er erst es etwa etwas
    euch euer eure ferner ganz gar gehört genau genauso gerade gern gerne gewiss gibt gilt grundsätzlich gut hab habe haben
    hat hatte hatten hätte hätten her hier hierfür hiermit hierzu hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren
    ihrer ihres im immer in indem ins insbesondere insgesamt ist ja je jede jedem jeden jeder jedes jedoch jene jenem
    jenen jener jetzt kann können könnte könnten künftig lang lange laut leider lediglich man manche manchen mal mehr
    mein meine meinem meinen meiner meines meist mich mir mit möchte möchten mochte muss müssen müsste müssten nach nachdem
    nämlich natürlich neben noch nun nur ob obwohl oder oft ohnehin schon sehr sei seien sein seine seinem seinen
    seiner seines seit seitdem sich sicher sie sind so sobald sofern sogar solche solchem solchen solcher soll sollen
    sollte sollten somit sondern sonst soweit sowie sowohl stets trotz trotzdem über überhaupt übrigens um
    und uns unser unsere unserem unseren unserer unter viel viele vielen vieler vielmehr vom von vor vorher wann war
    waren wäre wären warum was wegen weil weiter weitere weiterem weiteren weiterer weiterhin welche welchem welchen
    welcher wem wen wenig wenige wenn wer werde werden weshalb wie wieder will wir wird wo wofür wohl wollen wollte
    worden wurde wurden würde würden zu zudem zuerst zugleich zuletzt zum zumal zumindest zur zurzeit zusätzlich zwar
    zwischen denke denken finde finden halte halten meine meinen glaube glauben wünsche wünschen hoffe hoffen für
    unbedingt wirklich ebenso eigentlich schließlich letztlich vielleicht heute morgen gestern bald sofort ab seitens
    bislang zunächst gleichzeitig darüber hinaus ansonsten anders nötig notwendig wichtig erforderlich richtig
    fordere fordern verlange verlangen erwarte erwarten brauchen braucht bitten"""
)

POLITE_FORMS = _words("sie ihr ihre ihrem ihren ihrer ihres ihnen")

SENTENCE_OPENERS = FUNCTION_WORDS | _words(
    """erhalten sorgen schaffen stellen nehmen geben lassen machen denken prüfen sichern richten bauen streichen
    fehlt fehlen liebe sehr geehrte guten hallo wichtige gute neue alte kleine große kurze lange junge ältere
    bessere nachts abends meines unseres hierbei seither jahrelang gewachsenes kürzungen positiv negativ erfreulich
    bedauerlich unverständlich selbstverständlich allerdings offenbar angesichts hinsichtlich bezüglich anstelle"""
)
"""Words that often begin a sentence with a capital without being nouns."""

RAISING = _stems(
    """
    ausbau auszubau ausgebau erweiter erhöh steiger stärk gestärkt förder unterstütz erhalt bewahr beibehalt
    behalt öffn eröffn geöffnet einführ einzuführ eingeführ verlänger begrüß befürwort zustimm zuzustimm
    zugestimm stimm fortführ fortzuführ fortgeführ fortsetz fortgesetz weiterführ weitergeführ ermöglich erlaub
    zulass zugelass verbesser beschleunig aufstock aufgestock wiedereröffn mehr länger größer höher früher
    häufiger öfter kostenlos gebührenfrei kostenfrei freiwillig verpflicht vergrößer ja dafür pro genehmig
    aufnehm aufgenomm gut sinnvoll richtig"""
)
"""Stems of words that ask for more, for keeping or for saying yes."""

LOWERING = _stems(
    """
    abbau abzubau abgebau kürz gekürz streich gestrich reduzier senk gesenk verringer schließ geschloss abschaff
    abzuschaff abgeschaff beend einstell einzustell eingestell verkürz ablehn abzulehn abgelehn lehn verhinder
    verbiet verbot untersag verschlechter verzöger einspar eingespar auflös aufgelös verzicht weniger kürzer
    kleiner niedriger später seltener kostenpflichtig gebührenpflichtig widersprech verkleiner nein dagegen
    contra unterlass bedauer kritisier missbillig verurteil bemängel verwerf verworf entfern entfall wegfall
    begrenz beschränk schlecht sinnlos falsch überflüssig"""
)
"""Stems of words that ask for less, for ending or for saying no."""

OPPOSITES = tuple(
    (_stems(left), _stems(right))
    for left, right in (
        ("klein", "groß größ"),
        ("jung jünger", "alt ält"),
        ("neu", "alt"),
        ("lang läng", "kurz kürz"),
        ("hoch hohe höh", "niedrig gering tief"),
        ("früh", "spät"),
        ("schnell rasch zügig", "langsam"),
        ("viel mehr", "wenig"),
        ("oft häufig", "selten"),
        ("öffentlich", "privat nichtöffentlich"),
        ("männlich", "weiblich"),
        ("leicht einfach", "schwer schwierig kompliziert"),
        ("hell", "dunkel dunkl"),
        ("zentral", "dezentral"),
        ("stark", "schwach"),
        ("kostenlos kostenfrei gebührenfrei unentgeltlich", "kostenpflichtig gebührenpflichtig entgeltlich"),
        ("freiwillig", "verpflicht verbindlich"),
        ("befristet", "unbefristet dauerhaft"),
        ("vorher zuvor", "nachher danach"),
        ("innen innerhalb", "außen außerhalb"),
        ("nördlich", "südlich"),
        ("östlich", "westlich"),
        ("deutsch", "ausländisch"),
        ("alle jede sämtlich", "einzeln manch einig"),
        ("immer stets", "selten manchmal"),
        ("tagsüber", "nachts"),
        ("vormittag", "nachmittag abend"),
        ("mit", "ohne"),
        ("für", "gegen"),
    )
)
"""Stems of words that mean the opposite of each other."""

NOT_TURNING = _words(
    """guten gutes guter gute gut kurz kürzlich schließlich stimme förderlich förderbedarf sicherlich pro ja
    jahr jahre jahren"""
)
"""Words that begin like one of those stems and turn nothing."""

ABBREVIATIONS = _words(
    """z b d h u a bzw ca evtl ggf inkl usw etc nr abs str tel dr prof st vgl s o i w bspw max min sog zzgl mio mrd
    jh art bzgl einschl exkl geb hr fr"""
)

DEMANDS = _stems(
    """
    soll muss müss forder verlang bitt brauch fehl wünsch erwart beantrag appellier schlag vorschlag dringend
    notwendig nötig darf dürf sicherstell benötig unverzicht streich kürz erhalt ausbau"""
)
"""Stems of words that show a demand or a lack, so that no sentence with them is passed over as a personal line."""

SYNONYMS = {
    word: number
    for number, group in enumerate(
        (
            "kita kitas kindertagesstätte kindertagesstätten kindertageseinrichtung kindertageseinrichtungen",
            "geld gelder mittel finanzmittel",
            "rathaus stadtverwaltung verwaltung",
            "prozent %",
            "bücherei bibliothek",
            "internetseite homepage webseite website",
        )
    )
    for word in _words(group)
}
"""Nouns that may stand for each other; every other noun makes another demand."""


def are_opposites(left: Iterable[str], right: Iterable[str]) -> bool:
    """True if a word on one side means the opposite of one on the other."""
    here, there = tuple(left), tuple(right)
    for one, other in OPPOSITES:
        if _has(here, one) and _has(there, other) and not _has(here, other) and not _has(there, one):
            return True
        if _has(here, other) and _has(there, one) and not _has(here, one) and not _has(there, other):
            return True
    return False


def _has(words: Iterable[str], stems: tuple[str, ...]) -> bool:
    return any(word.startswith(stems) for word in words)


def direction(word: str) -> int:
    """1 for a word that asks for more or says yes, -1 for the opposite, else 0."""
    if word in NOT_TURNING:
        return 0
    if word.startswith(LOWERING):
        return -1
    return 1 if word.startswith(RAISING) else 0
