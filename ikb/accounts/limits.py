"""How often somebody may try: logins, new links. Never a limit on submitting a finished statement before its deadline."""

from __future__ import annotations

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(
    key_func=get_remote_address,
    # With Redis away, each process counts for itself, by the same limits. `in_memory_fallback` would name others, and
    # those would replace the logins' and hold for every view, submitting a statement among them.
    in_memory_fallback_enabled=True,
    default_limits=[],
)


def init_app(app: Flask) -> None:
    """Count attempts where the configuration says."""
    limiter.init_app(app)
    # Nothing is limited but the views that say so, and those count by themselves; asking at every other page is in vain.
    app.before_request_funcs[None].remove(limiter._check_request_limit)


def by_account_and_address() -> str:
    """Who tries: the address typed into the form together with where it comes from."""
    return f"{request.form.get('email', '').strip().lower()}|{get_remote_address()}"


def for_all() -> str:
    """One counter for everybody: attempts spread over many addresses are still attempts."""
    return "all"


login_limit = limiter.limit("10 per 5 minutes", key_func=by_account_and_address, methods=["POST"])
overall_login_limit = limiter.limit("1000 per 5 minutes", key_func=for_all, methods=["POST"])
new_link_limit = limiter.limit("5 per day", key_func=by_account_and_address, methods=["POST"])
receipt_check_limit = limiter.limit("30 per minute; 600 per day", methods=["POST"])
# Each link to somebody can be a mail to a stranger: enough for a board and its working group, not for a mailing.
share_limit = limiter.limit("40 per day", key_func=get_remote_address, methods=["POST"])

# A department answers once and corrects itself; whoever asks sends mails to strangers.
opinion_limit = limiter.limit("60 per hour", key_func=get_remote_address, methods=["POST"])


def by_number_and_address() -> str:
    """Who types a letter's code: for which institution, and from where."""
    return f"{request.form.get('number', '').strip()[:40]}|{get_remote_address()}"


# A code has 34 bits: at these rates nobody guesses one within a participation.
code_limit_of_one = limiter.limit("10 per hour", key_func=by_number_and_address, methods=["POST"])
code_limit_of_place = limiter.limit("60 per hour", key_func=get_remote_address, methods=["POST"])
code_limit = limiter.limit("1000 per hour", key_func=for_all, methods=["POST"])
