"""Messages as they come back, in the shapes of the mail servers that send them; names and addresses are invented."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from ikb.core.returned_mail import Kind

OURS = "<5e0c5a34-7a63-4f0e-9a55-1d2f3c4b5a69@beteiligung.stadt.example.org>"
TO = "post@verein.example.org"
US = "ikb@stadt.example.org"


@dataclass(frozen=True)
class Case:
    """One message, and what is to be read from it. ours: whether it names the message of ours that it is about."""

    name: str
    raw: bytes
    kind: Kind
    recipient: str = TO
    status: str = ""
    reason: str = ""
    ours: bool = True


def lines(text: str) -> bytes:
    return text.strip("\n").replace("\n", "\r\n").encode()


def report(
    sender: str,
    subject: str,
    words: str,
    fields: str,
    *,
    reporting: str = "dns; mx.example.org",
    returned: str | None = f"message/rfc822|Message-ID: {OURS}\nFrom: {US}\nTo: {TO}\nSubject: Einladung\n\nGuten Tag",
    headers: str = "",
    charset: str = "utf-8",
) -> bytes:
    """A delivery status notification of RFC 3464: words, fields, and what is returned as `type|content`."""
    parts = [f"Content-Type: text/plain; charset={charset}\n\n{words}\n"]
    parts.append(f"Content-Type: message/delivery-status\n\nReporting-MTA: {reporting}\n\n{fields}\n")
    if returned is not None:
        kind, _, content = returned.partition("|")
        parts.append(f"Content-Type: {kind}\n\n{content}\n")
    body = "".join(f"--=_zwischen\n{part}\n" for part in parts)
    head = f"From: {sender}\nTo: {US}\nSubject: {subject}\nMIME-Version: 1.0\n{headers}"
    kind = 'Content-Type: multipart/report; report-type=delivery-status; boundary="=_zwischen"'
    return lines(f"{head}{kind}\n\nIm MIME-Format.\n\n{body}--=_zwischen--\n")


def fields(action: str, status: str, diagnosis: str = "", address: str = TO) -> str:
    told = f"\nDiagnostic-Code: {diagnosis}" if diagnosis else ""
    return f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}{told}"


def plain(sender: str, subject: str, words: str, headers: str = "") -> bytes:
    return lines(f"From: {sender}\nTo: {US}\nSubject: {subject}\n{headers}\n{words}")


POSTFIX = "MAILER-DAEMON@mx.example.org (Mail Delivery System)"
EXIM = "Mail Delivery System <Mailer-Daemon@mx.example.org>"
QMAIL = "MAILER-DAEMON@mx.example.org"
ANSWERS = f"In-Reply-To: {OURS}\nReferences: {OURS}\n"
COPY = f"Return-Path: <{US}>\nMessage-ID: {OURS}\nSubject: Einladung\n"

POSTFIX_CASES = (
    Case(
        "postfix: no such user",
        report(
            POSTFIX,
            "Undelivered Mail Returned to Sender",
            f"I'm sorry to have to inform you that your message could not be delivered.\n\n<{TO}>: host mx.example.org"
            "[192.0.2.7] said: 550 5.1.1 User unknown (in reply to RCPT TO command)",
            f"Final-Recipient: rfc822; {TO}\nOriginal-Recipient: rfc822;{TO}\nAction: failed\nStatus: 5.1.1\n"
            "Remote-MTA: dns; mx.example.org\nDiagnostic-Code: smtp; 550 5.1.1 User unknown",
            headers="Auto-Submitted: auto-replied\n",
        ),
        Kind.HARD,
        status="5.1.1",
        reason="550 5.1.1 User unknown",
    ),
    Case(
        "postfix: domain without a server",
        report(
            POSTFIX,
            "Undelivered Mail Returned to Sender",
            f"<{TO}>: Host or domain name not found. Name service error for name=verein.example.org",
            fields("failed", "5.4.4", "X-Postfix; Host or domain name not found. Name service error"),
            returned=f"text/rfc822-headers|{COPY}",
        ),
        Kind.HARD,
        status="5.4.4",
        reason="Host or domain name not found",
    ),
    Case(
        "postfix: given up after five days without an answer",
        report(
            POSTFIX,
            "Undelivered Mail Returned to Sender",
            f"<{TO}>: connect to mx.example.org[192.0.2.7]:25: Connection timed out",
            fields("failed", "4.4.1", "X-Postfix; connect to mx.example.org[192.0.2.7]:25: Connection timed out"),
        ),
        Kind.SOFT,
        status="4.4.1",
        reason="Connection timed out",
    ),
    Case(
        "postfix: still trying",
        report(
            POSTFIX,
            "Delayed Mail (still being retried)",
            "Your message could not be delivered for more than 4 hour(s). It will be retried until it is 5 day(s) old.",
            fields("delayed", "4.4.1", "X-Postfix; connect to mx.example.org: Connection refused"),
            returned=f"text/rfc822-headers|{COPY}",
        ),
        Kind.DELAYED,
        status="4.4.1",
    ),
    Case(
        "postfix: delivered, as we had asked",
        report(
            POSTFIX,
            "Successful Mail Delivery Report",
            f"<{TO}>: delivery via mx.example.org: 250 2.1.5 OK",
            fields("delivered", "2.1.5", "smtp; 250 2.1.5 OK"),
        ),
        Kind.DELIVERED,
        status="2.1.5",
    ),
    Case(
        "postfix: handed on to a server that reports nothing",
        report(POSTFIX, "Successful Mail Delivery Report", "Relayed.", fields("relayed", "2.0.0")),
        Kind.UNKNOWN,
        status="2.0.0",
    ),
    Case(
        "a list that took it for its members",
        report(POSTFIX, "Mail Delivery Report", "Expanded.", fields("expanded", "2.0.0")),
        Kind.UNKNOWN,
        status="2.0.0",
    ),
)

EXCHANGE = "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@schule.example.org>"
EXCHANGE_CASES = (
    Case(
        "exchange online: no such recipient, in German",
        report(
            EXCHANGE,
            "=?utf-8?B?" + base64.b64encode(b"Unzustellbar: Bitte um Ihre Stellungnahme").decode() + "?=",
            f"Fehler bei der Zustellung an folgende Empfänger oder Gruppen:\n\n{TO}\n"
            "Die eingegebene E-Mail-Adresse konnte nicht gefunden werden.",
            fields("failed", "5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found"),
            headers=ANSWERS,
        ),
        Kind.HARD,
        status="5.1.10",
        reason="550 5.1.10 RESOLVER.ADR.RecipientNotFound",
    ),
    Case(
        "exchange: mailbox full",
        report(
            EXCHANGE,
            "Undeliverable: Bitte um Ihre Stellungnahme",
            "The recipient's mailbox is full and can't accept messages now.",
            fields("failed", "5.2.2", "smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceeded"),
        ),
        Kind.SOFT,
        status="5.2.2",
    ),
    Case(
        "exchange: only the ids in the headers, nothing returned",
        report(
            EXCHANGE,
            "Undeliverable: Bitte um Ihre Stellungnahme",
            "Your message couldn't be delivered.",
            fields("failed", "5.7.1", "smtp;550 5.7.1 RESOLVER.RST.AuthRequired; authentication required"),
            returned=None,
            headers=ANSWERS,
        ),
        Kind.HARD,
        status="5.7.1",
    ),
    Case(
        "outlook: automatic answer",
        plain(
            f"Vereinsbüro <{TO}>",
            "Automatische Antwort: Bitte um Ihre Stellungnahme",
            "Guten Tag, wir sind ab dem 12. wieder da.",
            f"Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n{ANSWERS}",
        ),
        Kind.OUT_OF_OFFICE,
        reason="Automatische Antwort: Bitte um Ihre Stellungnahme",
    ),
    Case(
        "outlook: automatic answer to the message about undeliverable ones",
        plain(
            f"Vereinsbüro <{TO}>",
            "Automatic reply: 4 Nachrichten nicht zugestellt",
            "I am away.",
            f"Return-Path: <>\nAuto-Submitted: auto-replied\n{ANSWERS}",
        ),
        Kind.OUT_OF_OFFICE,
    ),
)

EXIM_CASES = (
    Case(
        "exim: old kind, no report",
        plain(
            EXIM,
            "Mail delivery failed: returning message to sender",
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
            f"delivered to one or more of its recipients.\n\n  {TO}\n    host mx.example.org [192.0.2.7]\n"
            "    SMTP error from remote mail server after RCPT TO:\n    550 unknown user\n\n"
            f"------ This is a copy of your message, including all the headers. ------\n\n{COPY}\nGuten Tag",
            f"X-Failed-Recipients: {TO}\nAuto-Submitted: auto-replied\n",
        ),
        Kind.HARD,
        reason="550 unknown user",
    ),
    Case(
        "exim: domain that leads nowhere",
        plain(
            EXIM,
            "Mail delivery failed: returning message to sender",
            f"A message that you sent could not be delivered.\n\n  {TO}\n    Unrouteable address\n\n{COPY}",
            f"X-Failed-Recipients: {TO}\nAuto-Submitted: auto-replied\n",
        ),
        Kind.HARD,
        reason="Unrouteable address",
    ),
    Case(
        "exim: a warning of the old kind",
        plain(
            EXIM,
            "Warning: message 1oABCD-0001xY-7Z delayed 24 hours",
            "A message that you sent has not yet been delivered to one or more of its recipients after more than 24 "
            f"hours on the queue.\nNo action is required on your part.\n\n  {TO}\n    Delay reason: greylisted\n\n{COPY}",
            "Auto-Submitted: auto-replied\n",
        ),
        Kind.DELAYED,
    ),
    Case(
        "exim: report with the quota named",
        report(
            EXIM,
            "Mail delivery failed: returning message to sender",
            f"  {TO}\n    mailbox is full: retry timeout exceeded",
            fields("failed", "5.0.0", "smtp; 552 mailbox quota exceeded"),
            returned=f"message/rfc822|{COPY}\nGuten Tag",
        ),
        Kind.SOFT,
        status="5.0.0",
    ),
)

QMAIL_CASES = (
    Case(
        "qmail: no mailbox by that name",
        plain(
            QMAIL,
            "failure notice",
            "Hi. This is the qmail-send program at mx.example.org.\nI'm afraid I wasn't able to deliver your message to "
            f"the following addresses.\n\n<{TO}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
            f"--- Below this line is a copy of the message.\n\n{COPY}\nGuten Tag",
        ),
        Kind.HARD,
        status="5.1.1",
    ),
    Case(
        "qmail: over quota",
        plain(
            QMAIL,
            "failure notice",
            f"<{TO}>:\nThe users mailfolder is over the allowed quota (size). (#5.2.2)\n\n{COPY}",
        ),
        Kind.SOFT,
        status="5.2.2",
    ),
    Case(
        "qmail: no server found",
        plain(
            QMAIL,
            "failure notice",
            f"<{TO}>:\nSorry, I couldn't find any host named verein.example.org. (#5.1.2)\n\n{COPY}",
        ),
        Kind.HARD,
        status="5.1.2",
    ),
    Case(
        "qmail: the remote server said later",
        plain(
            QMAIL,
            "failure notice",
            f"<{TO}>:\n192.0.2.7 does not like recipient.\nRemote host said: 451 greylisted, try again\nGiving up on "
            f"192.0.2.7.\n\n{COPY}",
        ),
        Kind.SOFT,
        reason="451 greylisted",
    ),
)

GOOGLE = "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"
PROVIDER_CASES = (
    Case(
        "gmail: address not found",
        report(
            GOOGLE,
            "Delivery Status Notification (Failure)",
            f"** Address not found **\n\nYour message wasn't delivered to {TO} because the address couldn't be found.",
            fields("failed", "5.1.1", "smtp; 550-5.1.1 The email account that you tried to reach does not exist."),
            headers=f"X-Failed-Recipients: {TO}\nAuto-Submitted: auto-replied\n{ANSWERS}",
        ),
        Kind.HARD,
        status="5.1.1",
    ),
    Case(
        "gmail: delayed",
        report(
            GOOGLE,
            "Delivery Status Notification (Delay)",
            "** Delivery incomplete **\n\nGmail will retry for 46 more hours.",
            fields("delayed", "4.4.3", "smtp; The recipient server did not accept our requests to connect."),
            headers=ANSWERS,
        ),
        Kind.DELAYED,
        status="4.4.3",
    ),
    Case(
        "gmail: out of storage",
        report(
            GOOGLE,
            "Delivery Status Notification (Failure)",
            "** Recipient inbox full **",
            fields("failed", "5.2.2", "smtp; 552-5.2.2 The email account that you tried to reach is over quota."),
        ),
        Kind.SOFT,
        status="5.2.2",
    ),
    Case(
        "gmx: old kind, in German",
        plain(
            "GMX Mailer Daemon <mailer-daemon@gmx.example.net>",
            "Mail delivery failed: returning message to sender",
            "Diese Nachricht wurde automatisch erzeugt. Ihre E-Mail konnte nicht zugestellt werden:\n\n"
            f'"{TO}":\nSMTP error from remote server for RCPT TO command, host: mx.example.org (192.0.2.7)\n'
            f"reason: 550 Requested action not taken: mailbox unavailable\n\n--- The header of the original message "
            f"is following. ---\n\n{COPY}",
        ),
        Kind.HARD,
        reason="550 Requested action not taken",
    ),
    Case(
        "web.de: mailbox full",
        plain(
            "mailer-daemon@web.example.net",
            "Mail delivery failed: returning message to sender",
            f'"{TO}":\nSMTP error from remote server in greeting, reason: 552 Postfach voll, mailbox full\n\n{COPY}',
        ),
        Kind.SOFT,
    ),
    Case(
        "t-online: written in Latin-1, without an id",
        f"From: Postmaster <postmaster@t.example.net>\r\nTo: {US}\r\nSubject: Nachricht nicht zugestellt\r\n"
        "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode()
        + f"Der Empfänger {TO} existiert nicht: 550 5.1.1 Empfänger unbekannt\r\n".encode("latin-1"),
        Kind.HARD,
        status="5.1.1",
        reason="Empfänger unbekannt",
        ours=False,
    ),
    Case(
        "vacation of an old program",
        plain(f"Verein <{TO}>", "Ihre Mail", "Wir melden uns.", f"Precedence: auto_reply\nX-Vacation: yes\n{ANSWERS}"),
        Kind.OUT_OF_OFFICE,
    ),
    Case(
        "ticket system that confirms by itself",
        plain(
            f"Service <{TO}>", "[#4711] Ihre Anfrage", "Wir bearbeiten sie.", f"Auto-Submitted: auto-replied\n{ANSWERS}"
        ),
        Kind.OUT_OF_OFFICE,
    ),
    Case(
        "absence without any header for it",
        plain(f"Verein <{TO}>", "Abwesenheitsnotiz", "Bis 3. August im Urlaub.", ANSWERS),
        Kind.OUT_OF_OFFICE,
    ),
)

OTHER_CASES = (
    Case(
        "a person answers",
        plain(f"Verein <{TO}>", "Re: Bitte um Ihre Stellungnahme", "Wir haben noch eine Frage.", ANSWERS),
        Kind.UNKNOWN,
        recipient="",
    ),
    Case(
        "a person writes that mail could not be delivered",
        plain(f"Verein <{TO}>", "Mail nicht zustellbar?", "Eine Mail kam zurück: 550 5.1.1 user unknown.", ANSWERS),
        Kind.UNKNOWN,
        recipient="",
    ),
    Case(
        "a read receipt, which we never asked for",
        lines(
            f"From: {TO}\nTo: {US}\nSubject: Gelesen: Einladung\n{ANSWERS}Content-Type: multipart/report; "
            'report-type=disposition-notification; boundary="=_z"\n\n--=_z\nContent-Type: text/plain\n\nGelesen.\n'
            f"--=_z\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;{TO}\n"
            f"Original-Message-ID: {OURS}\nDisposition: manual-action/MDN-sent-manually; displayed\n--=_z--\n"
        ),
        Kind.UNKNOWN,
        recipient="",
    ),
    Case(
        "a report whose status part came as base64",
        report(
            POSTFIX,
            "Undelivered Mail Returned to Sender",
            "Undeliverable.",
            fields("failed", "5.1.1", "smtp; 550 5.1.1 User unknown"),
        ).replace(
            b"message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
            + lines(fields("failed", "5.1.1", "smtp; 550 5.1.1 User unknown")),
            b"message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(
                lines(
                    "Reporting-MTA: dns; mx.example.org\n\n" + fields("failed", "5.1.1", "smtp; 550 5.1.1 User unknown")
                )
            ),
        ),
        Kind.HARD,
        status="5.1.1",
    ),
    Case(
        "a report in capitals, folded, with its own id",
        report(
            POSTFIX,
            "Returned mail: see transcript for details",
            "----- The following addresses had permanent fatal errors -----",
            f"FINAL-RECIPIENT: RFC822; {TO.upper()}\nACTION: FAILED\nSTATUS: 5.1.1\nDIAGNOSTIC-CODE: SMTP; 550 5.1.1\n"
            " <post@verein.example.org>... User unknown",
        ),
        Kind.HARD,
        status="5.1.1",
        reason="550 5.1.1 <post@verein.example.org>... User unknown",
    ),
)

CASES = (*POSTFIX_CASES, *EXCHANGE_CASES, *EXIM_CASES, *QMAIL_CASES, *PROVIDER_CASES, *OTHER_CASES)
