"""Languages in which a town may ask, and be answered: their tags (BCP 47), names, and in which direction they are read."""

from __future__ import annotations

from dataclasses import dataclass

GERMAN, PLAIN_GERMAN = "de", "de-simple"


@dataclass(frozen=True)
class Language:
    """One language. german: what it is called here; native: what its speakers call it."""

    tag: str
    german: str
    native: str
    is_rtl: bool = False

    @property
    def direction(self) -> str:
        """As the attribute `dir` wants it."""
        return "rtl" if self.is_rtl else "ltr"


LANGUAGES = {
    language.tag: language
    for language in (
        Language(GERMAN, "Deutsch", "Deutsch"),
        Language(PLAIN_GERMAN, "Einfache Sprache", "Einfache Sprache"),
        Language("ar", "Arabisch", "العربية", True),
        Language("bs", "Bosnisch", "Bosanski"),
        Language("el", "Griechisch", "Ελληνικά"),
        Language("en", "Englisch", "English"),
        Language("es", "Spanisch", "Español"),
        Language("fa", "Persisch", "فارسی", True),
        Language("fr", "Französisch", "Français"),
        Language("it", "Italienisch", "Italiano"),
        Language("ku", "Kurdisch (Kurmandschi)", "Kurmancî"),
        Language("ckb", "Kurdisch (Sorani)", "سۆرانی", True),
        Language("pl", "Polnisch", "Polski"),
        Language("pt", "Portugiesisch", "Português"),
        Language("ro", "Rumänisch", "Română"),
        Language("ru", "Russisch", "Русский"),
        Language("sq", "Albanisch", "Shqip"),
        Language("ta", "Tamil", "தமிழ்"),
        Language("ti", "Tigrinisch", "ትግርኛ"),
        Language("tr", "Türkisch", "Türkçe"),
        Language("uk", "Ukrainisch", "Українська"),
        Language("vi", "Vietnamesisch", "Tiếng Việt"),
    )
}


def is_german(tag: str) -> bool:
    """Whether it needs no translation here."""
    return tag in (GERMAN, PLAIN_GERMAN)
