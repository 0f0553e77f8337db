"""The form of the public page that checks receipts."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField


class CheckReceiptForm(FlaskForm):
    """A receipt as a file or pasted, or its number and checksum."""

    file = FileField("Datei der Bestätigung")
    text = TextAreaField("Inhalt der JSON-Datei", filters=[lambda text: (text or "").strip()])
    number = StringField("Eingangsnummer", filters=[lambda text: (text or "").strip()])
    sha256 = StringField("Prüfsumme des Inhalts (SHA-256)", filters=[lambda text: (text or "").strip()])

    def validate(self, extra_validators: object = None) -> bool:
        """One of the three ways has to be taken."""
        if not super().validate(extra_validators):
            return False
        if self.file.data or self.text.data or (self.number.data and self.sha256.data):
            return True
        if self.number.data or self.sha256.data:
            missing = self.sha256 if self.number.data else self.number
            missing.errors = ["Nummer und Prüfsumme werden zusammen gebraucht; beide stehen auf der Bestätigung."]
        else:
            self.file.errors = [
                "Wählen Sie eine Datei, fügen Sie den Inhalt ein, oder nennen Sie Nummer und Prüfsumme."
            ]
        return False

    def content(self) -> bytes:
        """The receipt that was shown, empty where only its number was."""
        shown: bytes = self.file.data.read() if self.file.data else self.text.data.encode()
        return shown
