"""What came back in the demonstration: an absence, a delay, a full mailbox, and a riddle that fits no message."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from ikb.db import db, transaction
from ikb.deliveries import incoming
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.institutions.model import Invitation, InvitationState
from ikb.procedures.model import ParticipationPhase

ABSENT = """From: {to}
Subject: Automatische Antwort: {subject}
Auto-Submitted: auto-replied
In-Reply-To: {id}
Message-ID: <absence@example.org>

Guten Tag, das Büro ist bis zum Ende der Ferien nicht besetzt. Danach melden wir uns.
"""
REPORT = """From: MAILER-DAEMON@mx.example.org
Subject: {words}
Message-ID: <{action}@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_demo"

--=_demo
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--=_demo
Content-Type: text/rfc822-headers

Message-ID: {id}

--=_demo--
"""
STRANGE = """From: Newsletter <kontakt@anderswo.example.org>
Subject: Ihre Anmeldung
Message-ID: <strange@anderswo.example.org>

Bitte bestätigen Sie Ihre Anmeldung zum Rundbrief.
"""
DELAYED = {"words": "Delayed Mail", "action": "delayed", "status": "4.4.1", "said": "connection timed out"}
FULL = {"words": "Undelivered Mail", "action": "failed", "status": "5.2.2", "said": "552 5.2.2 mailbox full"}


def seed(phase: ParticipationPhase, now: datetime) -> None:
    """Hand in what came back for three institutions that have not answered, and one more message."""
    silent = (
        select(Delivery)
        .join(Invitation, Invitation.id == Delivery.subject_id)
        .where(
            Invitation.phase_id == phase.id,
            Invitation.state == InvitationState.DELIVERED,
            Delivery.kind == "invitation",
            Delivery.state == DeliveryState.HANDED_OVER,
        )
    )
    absent, late, full = db.session.scalars(silent.order_by(Delivery.id).limit(3))
    written = (
        ABSENT.format(to=absent.recipient, subject=absent.subject_line, id=absent.message_id),
        REPORT.format(to=late.recipient, id=late.message_id, **DELAYED),
        REPORT.format(to=full.recipient, id=full.message_id, **FULL),
        STRANGE,
    )
    for number, text in enumerate(written):
        with transaction():
            incoming.take_in(text.encode(), now=now - timedelta(minutes=len(written) - number))
