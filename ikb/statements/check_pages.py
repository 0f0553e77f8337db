"""The public page that says whether a receipt is genuine, and the keys with which anybody can check that without us."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from ikb.accounts.limits import receipt_check_limit
from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.core.signing import public_pem
from ikb.statements import checking, proofs
from ikb.statements.check_forms import CheckReceiptForm
from ikb.statements.checking import Report
from ikb.statements.doors import bp


@bp.route("/pruefung", methods=["GET", "POST"])
@allow(Role.PUBLIC)
@receipt_check_limit
def check_receipt() -> ResponseReturnValue:
    """Show a receipt, or its number and checksum, and read whether it is genuine. Nothing of it is stored."""
    form = CheckReceiptForm()
    if not form.validate_on_submit():
        return render_template("statements/check_receipt.html", form=form, report=None), 422 if form.errors else 200
    report = _report(form)
    return render_template("statements/check_receipt.html", form=form, report=report)


def _report(form: CheckReceiptForm) -> Report:
    if file := form.content():
        return checking.check_file(file)
    return checking.check_number(form.number.data, form.sha256.data)


@bp.get("/pruefung/schluessel")
@allow(Role.PUBLIC)
def receipt_keys() -> ResponseReturnValue:
    """The public keys, to read and to compare."""
    keys = [(key_id, public_pem(key).decode()) for key_id, key in proofs.key_store().public_keys().items()]
    return render_template("statements/receipt_keys.html", keys=keys)


@bp.get("/pruefung/schluessel.pem")
@allow(Role.PUBLIC)
def receipt_keys_file() -> ResponseReturnValue:
    """All public keys in one file, as `ikb receipt verify --key` takes it."""
    keys = b"".join(public_pem(key) for key in proofs.key_store().public_keys().values())
    headers = {
        "Content-Type": "application/x-pem-file",
        "Content-Disposition": 'attachment; filename="schluessel.pem"',
    }
    return Response(keys, headers=headers)
