"""Signing in and out, setting a password, and the administrator's page of people."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from ikb.accounts import limits, queries, service, sessions
from ikb.accounts.forms import InviteForm, LoginForm, PasswordForm, PersonForm
from ikb.accounts.model import AccountToken, Role, User
from ikb.accounts.policy import Visitor, allow, load_visible, visible_to, visitor
from ikb.db import transaction
from ikb.errors import Implausible
from ikb.moment import now
from ikb.web import navigation
from ikb.web.labels import label
from ikb.web.links import external_url
from ikb.web.paging import fetch, page_number

bp = Blueprint("accounts", __name__)

# Where somebody lands after signing in; the first task of theirs that stands here decides.
LANDING = {
    Role.LEAD: "procedures.index",
    Role.SECRETARY: "deliberations.my_meetings",
    Role.ADMINISTRATOR: "deliveries.operations",
}


@visible_to(User)
def _people_seen_by(who: Visitor) -> Select[User]:
    return queries.people() if who.has(Role.ADMINISTRATOR) else queries.people().where(User.id == who.user_id)


@navigation.provide_account
def _signed_in() -> navigation.Account | None:
    who = visitor()
    if who.user_id is None:
        return None
    roles = ", ".join(label("user_role", role) for role in Role if role in who.roles)
    return navigation.Account(name=who.name, role=roles, sign_out="accounts.logout")


navigation.register("main", "Menschen", "accounts.people", 10, visible=lambda: visitor().has(Role.ADMINISTRATOR))
navigation.register("main", "Anmelden", "accounts.login", 90, visible=lambda: visitor().user_id is None)


def landing(roles: frozenset[Role]) -> str:
    """The address on which the day of a person with these tasks begins."""
    return url_for(next(endpoint for role, endpoint in LANDING.items() if role in roles))


@bp.route("/anmelden", methods=["GET", "POST"])
@allow(Role.PUBLIC)
@limits.overall_login_limit
@limits.login_limit
def login() -> ResponseReturnValue:
    """The login form; wrong password and unknown address get the same answer."""
    form = LoginForm(next=request.args.get("next"))
    if not form.validate_on_submit():
        return render_template("accounts/login.html", form=form), 422 if form.is_submitted() else 200
    with transaction():
        token = service.sign_in(form.email.data, form.password.data, now=now())
    if token is None:
        form.password.errors = [
            "E-Mail-Adresse oder Passwort stimmen nicht. Prüfen Sie beides, auch Groß- und Kleinschreibung."
        ]
        return render_template("accounts/login.html", form=form), 422
    person = sessions.begin(token)
    return redirect(_inside(form.next.data) or landing(person.roles), code=303)


def _inside(wanted: str | None) -> str | None:
    """A path of this site, or None: nobody is sent elsewhere by a link with `next=`."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return None
    parts = urlsplit(wanted)
    return wanted if not parts.scheme and not parts.netloc else None


@bp.post("/abmelden")
@allow(Role.PUBLIC)
def logout() -> ResponseReturnValue:
    """End the session on the server, not only in the browser."""
    token = session.get("_user_id")
    if token:
        sessions.end(token)
    flash("Sie sind abgemeldet.", "success")
    return redirect(url_for("accounts.login"), code=303)


@bp.route("/konto/<token>", methods=["GET", "POST"])
@allow(Role.PUBLIC)
def set_password(token: str) -> ResponseReturnValue:
    """Opened by GET, used by POST: a mail program that looks at links ahead of time uses up nothing."""
    row: AccountToken = service.token_in_use(token, now())
    form = PasswordForm()
    if not form.validate_on_submit():
        page = render_template("accounts/set_password.html", form=form, person=row.user, token=token)
        return page, 422 if form.is_submitted() else 200
    with transaction():
        service.set_password(token, form.password.data, now=now())
    flash("Ihr Passwort ist gespeichert. Melden Sie sich jetzt damit an.", "success")
    return redirect(url_for("accounts.login"), code=303)


@bp.route("/verwaltung/menschen", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def people() -> ResponseReturnValue:
    """Everybody with an account, and a form for one more."""
    form = InviteForm()
    if form.validate_on_submit():
        try:
            with transaction():
                user, token = service.invite(
                    form.email.data, form.name.data, map(Role, form.roles.data), by=visitor().actor, now=now()
                )
        except Implausible as refusal:
            form.email.errors = [*form.email.errors, refusal.message]
        else:
            return _show_link(user, token)
    page = render_template("accounts/people.html", form=form, page=fetch(queries.people(), page_number(request.args)))
    return page, 422 if form.is_submitted() else 200


@bp.route("/verwaltung/menschen/<int:user_id>", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def person(user_id: int) -> ResponseReturnValue:
    """One person's tasks."""
    user = load_visible(User, User.id == user_id)
    form = PersonForm(obj=user, data={"roles": sorted(user.roles)} if request.method == "GET" else None)
    if not form.validate_on_submit():
        return render_template("accounts/person.html", form=form, person=user), 422 if form.is_submitted() else 200
    if user.id == visitor().user_id and (not form.is_active.data or Role.ADMINISTRATOR not in form.roles.data):
        form.roles.errors = [
            "Sie können sich nicht selbst die Verwaltung nehmen. Das macht jemand anderes mit dieser Aufgabe."
        ]
        return render_template("accounts/person.html", form=form, person=user), 422
    with transaction():
        service.change_roles(
            user,
            map(Role, form.roles.data),
            is_active=form.is_active.data,
            seen=form.row_version.data,
            by=visitor().actor,
            now=now(),
        )
    flash(f"Die Aufgaben von {user.name} sind gespeichert. Offene Sitzungen wurden beendet.", "success")
    return redirect(url_for(".people"), code=303)


@bp.post("/verwaltung/menschen/<int:user_id>/link")
@allow(Role.ADMINISTRATOR)
def new_link(user_id: int) -> ResponseReturnValue:
    """A fresh one-time link for somebody who lost theirs, or their password."""
    user = load_visible(User, User.id == user_id)
    with transaction():
        token = service.issue_token(user, "reset" if user.password_hash else "invitation", now=now())
    return _show_link(user, token)


def _show_link(user: User, token: str) -> ResponseReturnValue:
    link = external_url("accounts.set_password", token=token)
    answer = render_template("accounts/link.html", person=user, link=link)
    return answer, 200, {"Cache-Control": "no-store"}
