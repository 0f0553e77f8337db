"""A comment read as a letter: greeting, courtesies and signature set aside, the rest as sentences and words."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from ikb.core.comments.lexicon import ABBREVIATIONS, DEMANDS, NEGATIONS, POLITE_FORMS, SENTENCE_OPENERS, direction
from ikb.core.comments.spelling import fold

STOCK_REPLY_WORDS = 6
"""A comment with fewer words is a stock reply: the same only if identical."""

WORD = re.compile(r"\w+(?:[-*:/'’·]\w+|(?<=\d)[.,](?=\d)\w+)*|%")
_GREETING = re.compile(
    r"\s*(?:(?:sehr\s+(?:geehrt|verehrt)\w*|liebe[rs]?|werte[rs]?|hallo|moin|gr(?:ü|ue)(?:ß|ss)\s+gott|"
    r"guten\s+(?:tag|morgen|abend))\b[^,.!:\n]{0,90}(?:[,!:\n]|$)\s*)+",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:^|(?<=[.!?\n,]))\s*(?:(?:mit|viele|beste|liebe|herzliche|freundliche|sch(?:ö|oe)ne|sonnige|es)\b[^.!?\n]{0,40}"
    r"gr(?:ü|ue)(?:ß|ss)(?:e|en|t|t\s+sie)?\b|hochachtungsvoll|mfg\b|gez\.|i\.\s?a\.(?=\s+[A-ZÄÖÜ]))",
    re.IGNORECASE | re.MULTILINE,
)
_AFTERWORD = re.compile(r"^\s*(?:p\.?\s?s\.?|nachtrag)\b[\s.:,-]*", re.IGNORECASE)
_BREAK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-•*–]|\d+[.)])\s)")
_SENTENCE_END = re.compile(r"[.!?…]+[\"“”»)']*(?=\s|$)")
_LABEL = re.compile(r"^(?:\w+[ -]?){1,4}:\s+(?=\S)")
_COURTESY = re.compile(
    r"\b(?:dank\w*|bedank\w*)\b|\br(?:ü|ue)ckfragen\b|\bverbleibe\w*\b|"
    r"\b(?:antwort|r(?:ü|ue)ckmeldung|nachricht)\b.*\b(?:freu\w*|entgegen|dankbar)\b|"
    r"\bfreu\w*\b.*\b(?:antwort|r(?:ü|ue)ckmeldung|nachricht)\b|"
    r"^\W*(?:hiermit|hierzu|gern\w*|im\s+folgenden)?\s*(?:nehm\w+|(?:ü|ue)bersend\w*|send\w*|schick\w*)\s+(?:ich|wir)\b"
    r".*\b(?:stellung\w*|schreiben|anmerkungen)\b",
    re.IGNORECASE,
)
_LONGEST_COURTESY = 18
_PERSONAL = re.compile(
    r"^\W*(?:(?:als|seit)\s[^.!?]{2,60}?\s)?(?:(?:wohn|leb|arbeit|bin|sind|kenn|geh|besuch|komm|engagier|unterricht|"
    r"betreu|nutz)\w*\s+(?:ich|wir)\b|(?:ich|wir)\s+(?:selbst\s+|pers(?:ö|oe)nlich\s+)?"
    r"(?:wohn|leb|arbeit|bin|sind|kenn|geh|besuch|komm|engagier|unterricht|betreu|nutz)|"
    r"(?:mein|unser|mein\w|unser\w|meine\s+\w+|unsere\s+\w+|auch\s+mein\w*)\s+(?:\w+\s+){0,3}"
    r"(?:wohn|leb|arbeit|geh|besuch|komm|nutz))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Sentence:
    """One sentence of a letter.

    text:      as written, white space normalised.
    words:     folded, in order.
    nouns:     for each word whether it is written as a noun; None if the letter's capitals tell nothing.
    """

    text: str
    words: tuple[str, ...]
    nouns: tuple[bool | None, ...]

    @cached_property
    def key(self) -> str:
        """Equal for sentences with the same words."""
        return " ".join(self.words)

    @cached_property
    def makes_demand(self) -> bool:
        """True if it asks for something or names a lack or a refusal."""
        return any(word in NEGATIONS or word.startswith(DEMANDS) for word in self.words)

    @cached_property
    def is_courtesy(self) -> bool:
        """True for thanks, announcements and closing words that ask for nothing."""
        return len(self.words) <= _LONGEST_COURTESY and bool(_COURTESY.search(self.text)) and not self.makes_demand

    @cached_property
    def is_personal(self) -> bool:
        """True for a line about the writer that asks for nothing ("Ich wohne seit 20 Jahren hier.")."""
        takes_sides = self.makes_demand or "fur" in self.words or any(map(direction, self.words))
        return not takes_sides and bool(_PERSONAL.match(self.text))


@dataclass(frozen=True)
class Letter:
    """A comment without greeting, closing formula and signature; never without any sentence if it had words."""

    sentences: tuple[Sentence, ...]

    @cached_property
    def key(self) -> str:
        """Equal for letters that say the same words in the same order, courtesies aside."""
        said = [sentence.key for sentence in self.sentences if not sentence.is_courtesy]
        return "\n".join(said or [sentence.key for sentence in self.sentences])

    @cached_property
    def voice(self) -> str:
        """Equal for letters that no comparison can tell apart: the same matter with the same capitals."""
        marks = {True: "^", False: "", None: "?"}
        return "\n".join(
            " ".join(word + marks[noun] for word, noun in zip(sentence.words, sentence.nouns, strict=True))
            for sentence in self.matter
        )

    @cached_property
    def matter(self) -> tuple[Sentence, ...]:
        """The sentences that make the letter's point: without courtesies and personal lines, unless nothing is left."""
        rest = tuple(s for s in self.sentences if not s.is_courtesy and not s.is_personal)
        return rest or self.sentences

    @cached_property
    def size(self) -> int:
        """Number of words of its matter."""
        return sum(len(sentence.words) for sentence in self.matter)

    @cached_property
    def is_stock_reply(self) -> bool:
        return self.size < STOCK_REPLY_WORDS


def read_letter(comment: str) -> Letter:
    """The comment as a letter; it has no sentence only if the comment is blank."""
    text = unicodedata.normalize("NFC", comment)
    body = _without_closing(_GREETING.sub("", text, count=1) if _GREETING.match(text) else text)
    tells = _capitals_tell(body)
    sentences = [sentence for part in _parts(body) if (sentence := _sentence(part, tells)).words]
    if not sentences:
        sentences = [sentence for part in _parts(text) if (sentence := _sentence(part, tells)).words]
    if not sentences and text.strip():
        signs = " ".join(text.split())
        sentences = [Sentence(signs, (signs,), (None,))]
    return Letter(tuple(sentences))


def _without_closing(text: str) -> str:
    """Without the closing formula and what follows, except an afterword and whole sentences."""
    match = _CLOSING.search(text)
    if match is None:
        return text
    kept = [text[: match.start()]]
    for line in text[match.end() :].split("\n"):
        if _AFTERWORD.match(line):
            kept.append(_AFTERWORD.sub("", line))
        elif len(line.split()) >= STOCK_REPLY_WORDS and line.rstrip()[-1:] in ".!?":
            kept.append(line)
    return "\n\n".join(kept)


def _parts(text: str) -> list[str]:
    """The text cut into sentences; full stops after abbreviations and ordinals end none."""
    parts = []
    for paragraph in _BREAK.split(text):
        start = 0
        for end in sentence_ends(paragraph):
            parts.append(paragraph[start:end])
            start = end
        parts.append(paragraph[start:])
    return [clean for part in parts if (clean := " ".join(part.split()).lstrip("-•*– "))]


def sentence_ends(paragraph: str) -> list[int]:
    """Where the sentences of a paragraph end, behind their last sign; its own end only where a sentence ends there."""
    ends, start = [], 0
    for match in _SENTENCE_END.finditer(paragraph):
        if match.group() == "." and _is_abbreviated(paragraph[start : match.start()], paragraph[match.end() :]):
            continue
        start = match.end()
        ends.append(start)
    return ends


def end_of_greeting(text: str) -> int:
    """How long the greeting at a letter's beginning is, 0 without one."""
    match = _GREETING.match(text)
    return match.end() if match else 0


def start_of_closing(text: str) -> int:
    """Where a letter's closing formula begins, its length without one."""
    match = _CLOSING.search(text)
    return match.start() if match else len(text)


def _is_abbreviated(before: str, after: str) -> bool:
    last = re.search(r"\w+$", before)
    if last is None or not after.strip():
        return False
    word: str = last.group()
    if word.isdigit():
        return len(word) <= 2 and after.lstrip()[:1].islower()
    return len(word) == 1 or fold(word) in ABBREVIATIONS


def _capitals_tell(text: str) -> bool:
    """False for letters all in capitals or all in small letters."""
    words: list[str] = re.findall(r"[^\W\d_]{2,}", text)
    loud = sum(word.isupper() for word in words)
    large = sum(word[0].isupper() for word in words)
    return loud * 2 < len(words) and large * 12 > len(words)


def _sentence(text: str, capitals_tell: bool) -> Sentence:
    said = _LABEL.sub("", text) if _LABEL.match(text) else text
    written = WORD.findall(said)
    folded = tuple(fold(word) for word in written)
    nouns = tuple(
        _is_noun(word, key, place == 0) if capitals_tell else None
        for place, (word, key) in enumerate(zip(written, folded, strict=True))
    )
    return Sentence(text, folded, nouns)


def _is_noun(word: str, key: str, is_first: bool) -> bool:
    """Written with a capital; polite forms are not meant, nor the usual first words of a sentence."""
    if not word[0].isupper() or key in POLITE_FORMS:
        return False
    return not is_first or key not in SENTENCE_OPENERS
