"""The words by which mail servers and auto-responders are known, and what a refusal means in plain German.

Sources: RFC 3463 (status codes); the wordings of Postfix, Exim, qmail, Exchange, Gmail and the large German providers.
"""

from __future__ import annotations

import re

STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")  # 5.1.1, but no part of an IP address
CODE = re.compile(r"(?:^|[\s:(])([45])\d\d[\s-]")
AWAY = re.compile(
    r"abwesen|nicht im (?:büro|haus|dienst)|außer haus|urlaub|elternzeit|out of (?:the )?office|vacation|away from"
    r"|auto(?:matic|matische)?[ -]?(?:reply|response|antwort)|automatische antwort|i am away",
    re.IGNORECASE,
)
FAILED = re.compile(
    r"undeliver|nicht zu(?:stellbar|gestellt)|unzustellbar|delivery (?:status notification|failure|has failed|failed)"
    r"|failure notice|returned (?:mail|to sender)|mail delivery (?:failed|system)|returning message to sender"
    r"|delivery problem|could not be delivered|konnte nicht (?:zugestellt|übermittelt)"
    r"|zustellung.{0,40}(?:fehlgeschlagen|nicht möglich)",
    re.IGNORECASE,
)
LATER = re.compile(
    r"delay|verzögert|warning: (?:could not|message)|will (?:keep|continue|be retried)|still being retried"
    r"|weitere versuche|not yet been delivered|no action is required|you do not need to (?:do anything|resend)",
    re.IGNORECASE,
)
FULL = re.compile(
    r"(?:mailbox|mail ?box|postfach|inbox|quota).{0,40}(?:full|voll|exceed|überschritten|over)|over ?quota"
    r"|insufficient (?:disk|storage)",
    re.IGNORECASE | re.DOTALL,
)
GONE = re.compile(
    r"user (?:unknown|not found|doesn'?t exist)|unknown (?:user|recipient|address|local)"
    r"|no (?:such (?:user|recipient|mailbox|address)|mailbox (?:here )?by that name)"
    r"|(?:mailbox|recipient|address|account|empfänger|adresse|postfach|konto)\b.{0,60}"
    r"(?:not found|unknown|does ?n[o']t exist|unavailable|disabled|rejected|existiert nicht|unbekannt|nicht gefunden)",
    re.IGNORECASE | re.DOTALL,
)
NO_HOST = re.compile(
    r"host (?:or domain name )?not found|domain.{0,30}(?:not found|does not exist|unrouteable)|unrouteable|nxdomain"
    r"|couldn'?t find any host|null ?mx|name (?:service|server) error",
    re.IGNORECASE,
)
BLOCKED = re.compile(r"spam|block|blacklist|policy|reputation|dmarc|not authori[sz]ed|access denied", re.IGNORECASE)

NO_MAILBOX = "Dieses Postfach gibt es nicht."
NO_SERVER = "Den Teil der Adresse hinter dem @ gibt es nicht, oder er nimmt keine E-Mails an."
NO_ADDRESS = "Die Adresse ist nicht richtig geschrieben."
SWITCHED_OFF = "Dieses Postfach ist abgeschaltet."
IS_FULL = "Das Postfach ist voll."
TOO_LARGE = "Die Nachricht ist diesem Mailserver zu groß."
REFUSED = "Der Mailserver lässt unsere Nachricht nicht zu, etwa wegen eines Spamfilters. Die Adresse kann stimmen."
UNREACHABLE = "Der Mailserver der Adresse war nicht zu erreichen."
FOR_GOOD = "Der Mailserver hat die Nachricht endgültig abgelehnt."
FOR_NOW = "Der Mailserver hat die Nachricht vorerst nicht angenommen."
NOT_SAID = "Der Mailserver hat nicht gesagt, warum."
# By subject and detail of the status code (RFC 3463, section 3); the first digit only says whether it is for good.
MEANINGS = {
    "1.0": NO_MAILBOX, "1.1": NO_MAILBOX, "1.6": NO_MAILBOX, "1.10": NO_SERVER, "1.2": NO_SERVER, "4.4": NO_SERVER,
    "1.3": NO_ADDRESS, "2.1": SWITCHED_OFF, "2.2": IS_FULL, "3.1": IS_FULL, "2.3": TOO_LARGE, "3.4": TOO_LARGE,
    "4.1": UNREACHABLE, "4.2": UNREACHABLE, "4.3": UNREACHABLE, "4.7": UNREACHABLE,
}  # fmt: skip


def in_plain_words(reply: str) -> str:
    """What a mail server's refusal means, as one German sentence for somebody who knows no mail servers.

    reply: the server's own words, with or without a status code (`550 5.1.1 User unknown`).
    """
    found = STATUS.search(reply)
    if found and (meaning := MEANINGS.get(f"{found[2]}.{found[3]}")):
        return meaning
    if found and found[2] == "7":
        return REFUSED
    for words, meaning in ((FULL, IS_FULL), (NO_HOST, NO_SERVER), (GONE, NO_MAILBOX), (BLOCKED, REFUSED)):
        if words.search(reply):
            return meaning
    code = found or CODE.search(reply)
    if code is None:
        return reply if reply.endswith(".") and not reply.isascii() else NOT_SAID
    return FOR_GOOD if code[1] == "5" else FOR_NOW
