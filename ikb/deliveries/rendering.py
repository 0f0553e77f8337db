"""What a message says: rendered from `templates/mail/`, as text, and as HTML made from the same text."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from flask import current_app
from jinja2 import Environment, TemplateNotFound
from markupsafe import Markup, escape

from ikb.config import Config
from ikb.mail import Attachment, Mail, one_line
from ikb.web.links import base_host

SUBJECT = "Betreff:"
ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")
SECRET = re.compile(r"(?<=[/=])[^/?&=#\s]{20,}")
SHOWN_OF_A_SECRET = 4
BREAK = "<br>\n"


def current_config() -> Config:
    """The configuration of the running application."""
    config: Config = current_app.extensions["ikb_config"]
    return config


def new_message_id() -> str:
    """A Message-ID for a message that is being planned; every attempt bears the same one."""
    return f"<{uuid.uuid4()}@{base_host()}>"


def hide_secrets(text: str) -> str:
    """The text with long parts of its links cut to their first characters: what is kept must open no door."""
    return ADDRESS.sub(lambda link: SECRET.sub(lambda part: part[0][:SHOWN_OF_A_SECRET] + "…", link[0]), text)


def render_mail(
    template: str, /, *, reply_to: str = "", attachments: Sequence[Attachment] = (), **context: Any
) -> Mail:
    """A message from `templates/mail/<template>.txt`, whose first line is `Betreff: …`.

    The HTML part comes from `<template>.html` if there is one, else it is made from the text.
    procedure: if among the context, its contact signs, and answers go to that address unless `reply_to` says otherwise.
    Raises ValueError for a template without a subject.
    """
    rendered = current_app.jinja_env.get_template(f"mail/{template}.txt").render(context)
    first, _, rest = rendered.strip().partition("\n\n")
    subject = one_line(first.removeprefix(SUBJECT))
    if not first.startswith(SUBJECT) or not subject:
        raise ValueError(f"templates/mail/{template}.txt must begin with a line {SUBJECT!r} and a subject.")
    text = _tidy(rest)
    contact = getattr(context.get("procedure"), "contact_email", "")
    return Mail(subject, text, _html(template, subject, text, context), tuple(attachments), reply_to or contact)


def _html(name: str, subject: str, text: str, context: dict[str, Any]) -> str:
    environment = current_app.jinja_env
    template = environment.get_template(_html_template(environment, f"mail/{name}.html"))
    return template.render(context | {"subject": subject, "body": as_html(text)})


@lru_cache
def _html_template(environment: Environment, name: str) -> str:
    try:
        environment.get_template(name)
    except TemplateNotFound:  # looked for once, not for every message
        return "mail/_layout.html"
    return name


def as_html(text: str) -> Markup:
    """Plain text as HTML: paragraphs, lists of lines that begin with a dash, links; everything else escaped."""
    return Markup("\n".join(_block(block) for block in text.split("\n\n") if block.strip()))  # noqa: S704 (escaped below)


# Plain strings from here on: to put safe ones together piece by piece takes longer than to send the message.


def _block(block: str) -> str:
    lines = block.strip().split("\n")
    if all(line.startswith("- ") for line in lines):
        return f"<ul>{''.join(f'<li>{_linked(line[2:])}</li>' for line in lines)}</ul>"
    return f"<p>{BREAK.join(map(_linked, lines))}</p>"


def _linked(line: str) -> str:
    if "://" not in line:
        return str(escape(line))
    parts, end = "", 0
    for link in ADDRESS.finditer(line):
        address = escape(link[0])
        parts += f'{escape(line[end : link.start()])}<a href="{address}">{address}</a>'
        end = link.end()
    return f"{parts}{escape(line[end:])}"


def _tidy(text: str) -> str:
    lines = "\n".join(line.strip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"
