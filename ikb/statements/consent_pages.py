"""Behind the link: what of one's statements is public on which ground, and taking a consent back."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.db import transaction
from ikb.errors import NotFound
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.journal.service import Actor
from ikb.moment import now
from ikb.publications import queries as publication_queries
from ikb.publications.model import PublicationRule
from ikb.statements import consents, publishing, queries, withdrawing
from ikb.statements.consent_model import Consent
from ikb.statements.doors import bp, come_in, hold, needs
from ikb.statements.privacy_forms import WithdrawForm

TOLD = {
    Consent.NAME: "Ihre Einwilligung ist widerrufen. Der Name ist aus allem entfernt, was veröffentlicht ist; auch aus "
    "früheren Fassungen. Zwischenspeicher von Browsern zeigen ihn höchstens noch einige Minuten.",
    Consent.TEXT: "Ihre Einwilligung ist widerrufen. Ihre Stellungnahme ist nicht mehr öffentlich; sie bleibt eingegangen "
    "und zählt weiter.",
}


def publication_rule(invitation: Invitation) -> PublicationRule:
    """What a page behind the link says about publication."""
    return publication_queries.rule_of(invitation.phase.procedure_id)


@bp.get("/beteiligung/<token>/veroeffentlichung")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def consent(token: str) -> ResponseReturnValue:
    """What is public of what this institution said, and which consents hold."""
    invitation = come_in(token)
    handed_in = [row for row in queries.of_invitation(invitation.id) if row.submitted_at is not None]
    return render_template(
        "statements/consent.html",
        token=token,
        invitation=invitation,
        handed_in=handed_in,
        held=consents.agreed(handed_in),
        public=publication_queries.newest_of(publishing.KIND, [row.id for row in handed_in]),
        rule=publication_rule(invitation),
    )


@bp.post("/beteiligung/<token>/einwilligung/widerrufen")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def withdraw_consent(token: str) -> ResponseReturnValue:
    """Take a consent back; what is public follows at once."""
    form = WithdrawForm()
    wanted = form.chosen() if form.validate_on_submit() else None
    if wanted is None:
        raise NotFound("Diese Einwilligung gibt es nicht. Ihre Einwilligungen stehen auf der Seite „Veröffentlichung“.")
    with transaction():
        invitation = hold(token)
        concerned = withdrawing.withdraw(invitation, wanted, by=Actor.invitation(invitation.id), now=now())
    flash(
        TOLD[wanted] if concerned else "Diese Einwilligung galt schon nicht mehr.", "success" if concerned else "info"
    )
    return redirect(url_for(".consent", token=token), code=303)
