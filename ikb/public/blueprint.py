"""The blueprint of the public site."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("public", __name__)
NOT_THERE = "Dieses Vorhaben gibt es nicht, oder es ist nicht öffentlich."
