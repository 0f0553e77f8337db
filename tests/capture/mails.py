"""Mails as people save and drop them."""

from __future__ import annotations

from email.message import EmailMessage

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def mail(text: str = "Bitte bauen Sie eine Rampe.", *, html: bool = False, **head: str) -> EmailMessage:
    """A mail from an association, of 3 June 2030, 10:12 in Berlin."""
    message = EmailMessage()
    given = {
        "From": "Karla Müller <karla@verein.example.org>",
        "To": "stadt@example.org",
        "Subject": "Stellungnahme des Chors – Größe",
        "Date": "Mon, 03 Jun 2030 10:12:00 +0200",
    }
    for name, value in (given | head).items():
        message[name] = value
    message.set_content(text, subtype="html" if html else "plain")
    return message
