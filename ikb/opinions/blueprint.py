"""The blueprint of the opinions room; its pages stand in the navigation under the lead's workbench."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("opinions", __name__)
