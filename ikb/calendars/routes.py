"""Calendar files at their addresses, and the page where people get and revoke theirs."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import Visitor, allow, load_visible, visitor
from ikb.calendars import queries, service
from ikb.calendars.feeds import Scope
from ikb.calendars.forms import SubscribeForm
from ikb.calendars.links import link_of
from ikb.calendars.model import CalendarFeed, FeedKind
from ikb.calendars.service import Source
from ikb.db import transaction
from ikb.errors import Implausible, NotFound
from ikb.moment import now
from ikb.web import navigation

bp = Blueprint("calendars", __name__)
NOT_THERE = "Diesen Kalender gibt es nicht, oder er wurde gesperrt."
MINE = "Meine Termine"

navigation.register(
    "main",
    "Kalender",
    "calendars.index",
    22,
    visible=lambda: visitor().has(Role.SECRETARY) or visitor().has(Role.LEAD),
)


@bp.get("/kalender/<token>.ics")
@allow(Role.PUBLIC)
def subscription(token: str) -> ResponseReturnValue:
    """A person's calendar: what they may see at this moment. Whoever knows the address reads it, so it is secret."""
    feed = queries.feed_with(token)
    if feed is None:
        raise NotFound(NOT_THERE)
    source = Source(Scope(FeedKind(feed.kind), _subject(feed)), _owner(feed), f"abo-{feed.id}", name_of(feed))
    answer = _answer(source)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.get("/kalender/gremium/<int:organization_id>.ics")
@allow(Role.PUBLIC)
def organization(organization_id: int) -> ResponseReturnValue:
    """The sittings of a committee in which something public is deliberated."""
    found = queries.public_organization(organization_id)
    if found is None:
        raise NotFound(NOT_THERE)
    scope = Scope(FeedKind.ORGANIZATION, organization_id)
    return _open(Source(scope, None, f"gremium-{organization_id}", f"{found.name}: Sitzungen"))


@bp.get("/kalender/vorhaben/<int:procedure_id>.ics")
@allow(Role.PUBLIC)
def procedure(procedure_id: int) -> ResponseReturnValue:
    """The public sittings of a public procedure, and the last days of its participation."""
    found = queries.public_procedure(procedure_id)
    if found is None:
        raise NotFound(NOT_THERE)
    scope = Scope(FeedKind.PROCEDURE, procedure_id)
    return _open(Source(scope, None, f"vorhaben-{procedure_id}", f"{found.title}: Termine"))


def _open(source: Source) -> Response:
    answer = _answer(source)
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


def _answer(source: Source) -> Response:
    """The file, or 304 where the program has it already (RFC 9110, 13)."""
    found = service.read(source, now())
    if found is None:
        with transaction():
            found = service.refresh(source, now())
    answer = Response(found.file, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="termine.ics"'
    answer.set_etag(found.digest[:32])
    answer.last_modified = found.changed_at
    answer.make_conditional(request)  # changes the answer itself
    return answer


@bp.route("/kalender", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY)
def index() -> ResponseReturnValue:
    """One's own calendar addresses, and a further one."""
    who = visitor()
    feeds = queries.feeds_of(who.user_id or 0)
    choices = _choices(who, {feed.scope for feed in feeds})
    form = SubscribeForm()
    form.scope.choices = [SelectChoice(value, label) for value, label in choices.items()]
    scope = Scope.read(form.scope.data or "")
    if form.validate_on_submit() and scope is not None:
        with transaction():
            feed = service.subscribe(who.user_id or 0, scope, by=who.actor, now=now())
        flash(f"„{choices[str(scope)]}“ ist abonniert. Kopieren Sie die Adresse in Ihr Kalenderprogramm.", "success")
        return redirect(url_for(".index", _anchor=f"abo-{feed.id}"), code=303)
    page = render_template(
        "calendars/index.html",
        form=form,
        feeds=[(feed, name_of(feed), link_of(feed)) for feed in feeds],
        has_choices=bool(choices),
    )
    return page, 422 if form.errors else 200


@bp.post("/kalender/abo/<int:feed_id>/<any(erneuern, sperren):act>")
@allow(Role.LEAD, Role.SECRETARY)
def change(feed_id: int, act: str) -> ResponseReturnValue:
    """Another address for one of one's calendars, or none any more."""
    feed = load_visible(CalendarFeed, CalendarFeed.id == feed_id)
    with transaction():
        if act == "sperren":
            service.revoke(feed, by=visitor().actor, now=now())
        else:
            service.renew(feed, seen=_seen(), by=visitor().actor, now=now())
    words = {
        "sperren": "Der Kalender ist gesperrt: Unter der alten Adresse ist nichts mehr zu sehen.",
        "erneuern": "Der Kalender hat eine neue Adresse. Unter der alten ist nichts mehr zu sehen.",
    }
    flash(words[act], "success")
    return redirect(url_for(".index"), code=303)


def _seen() -> int:
    written = request.form.get("generation", "")
    if not written.isascii() or not written.isdigit() or len(written) > 9:
        raise Implausible("Laden Sie die Seite neu und versuchen Sie es noch einmal.")
    return int(written)


def name_of(feed: CalendarFeed) -> str:
    """What a subscription is called, on the page and in the program."""
    if feed.organization is not None:
        return f"{feed.organization.name}: Sitzungen"
    if feed.procedure is not None:
        return f"{feed.procedure.title}: Beratungsfolge"
    return MINE


def _choices(who: Visitor, taken: set[str]) -> dict[str, str]:
    offered = {
        str(FeedKind.MINE): "Alle meine Termine",
        **{f"procedure-{one.id}": f"Verfahren: {one.title}" for one in queries.procedures_for(who)},
        **{f"organization-{one.id}": f"Gremium: {one.name}" for one in queries.organizations_for(who)},
    }
    return {value: label for value, label in offered.items() if value not in taken}


def _subject(feed: CalendarFeed) -> int | None:
    return feed.organization_id if feed.organization_id is not None else feed.procedure_id


def _owner(feed: CalendarFeed) -> Visitor:
    return Visitor(feed.user_id, feed.user.roles)
