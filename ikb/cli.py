"""The command line: `ikb …`, the same as `python -m ikb …`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ikb.config import MisconfiguredError
from ikb.errors import Faulty, Refusal
from ikb.statements import command as receipt_command

if TYPE_CHECKING:
    from flask import Flask

    from ikb.drafts.importers.parsed import ParsedPaper

DONE, ALTERED, FAULTY = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; exit 0 done, 1 proof failed, 2 faulty input (one line per fault, nothing stored)."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except MisconfiguredError as fault:
        return _say_faults(str(fault).splitlines())
    except Faulty as refusal:
        return _say_faults(refusal.faults or [refusal.message])
    except Refusal as refusal:
        return _say_faults([refusal.message])
    except BrokenPipeError:  # `ikb … | head`
        sys.stderr.close()
        return DONE
    return code


def _say_faults(lines: Sequence[str]) -> int:
    for line in lines:
        print(line, file=sys.stderr)
    return FAULTY


def _app() -> Flask:
    from ikb.app import create_app

    return create_app()


# --- the commands -----------------------------------------------------------------------------------------------------


def import_paper(options: argparse.Namespace) -> int:
    """Read a Beschlussvorlage; with --dry-run only say what was read."""
    from ikb.drafts.importers.paper import read_paper
    from ikb.drafts.importers.parsed import NotAPaper

    try:
        parsed = read_paper(options.file)
    except NotAPaper as fault:
        return _say_faults(fault.reasons)
    if options.json:
        print(json.dumps(parsed.to_json(), ensure_ascii=False, indent=1))
    else:
        _print_summary(parsed.to_json())
    return DONE if options.dry_run else _take_in_paper(parsed, options)


def _print_summary(read: dict[str, list[dict[str, object]]]) -> None:
    committees = {entry["organization"] for entry in read["consultations"]}
    print(f"Gegenstand:  {read['subject']}")
    print(f"Beratungen:  {len(read['consultations'])} in {len(committees)} Gremien")
    print(f"Abschnitte:  {len(read['sections'])}")
    for warning in read["warnings"]:
        print(f"Zeile {warning['line']}: {warning['text']}")


def _take_in_paper(parsed: ParsedPaper, options: argparse.Namespace) -> int:
    import uuid

    from ikb.accounts import queries as accounts
    from ikb.db import transaction
    from ikb.deliberations import intake
    from ikb.journal.service import SYSTEM
    from ikb.moment import now

    with _app().app_context():
        lead = accounts.by_email(options.lead) if options.lead else None
        if lead is None:
            return _say_faults(["--lead fehlt oder ist unbekannt: Nennen Sie die E-Mail-Adresse der Projektleitung."])
        with transaction():
            procedure = intake.take_in(parsed, leads=[lead], key=uuid.uuid4(), by=SYSTEM, now=now())
        print(f"Verfahren {procedure.id} angelegt: {procedure.title}", file=sys.stderr)
    return DONE


def import_institutions(options: argparse.Namespace) -> int:
    """Take in a list of institutions, all or nothing."""
    from ikb.db import transaction
    from ikb.institutions import intake
    from ikb.journal.service import SYSTEM
    from ikb.moment import now

    with _app().app_context():
        with transaction():
            report = intake.import_file(options.file, by=SYSTEM, now=now(), dry_run=options.dry_run)
        print(report.sentence)
    return DONE


def import_statements(options: argparse.Namespace) -> int:
    """Take in a list of statements, all or nothing."""
    from ikb.capture import command
    from ikb.db import transaction

    wanted = command.Wanted(options.file, options.phase, options.confirm, options.dry_run)
    with _app().app_context():
        with transaction():
            sentence = command.take_in(wanted)
        print(sentence)
    return DONE


def consolidate(options: argparse.Namespace) -> int:
    """The consolidation core on files, no database."""
    from ikb.core.consolidate_files import run

    return run(
        options.input,
        options.statements,
        options.output,
        decisions=options.decisions,
        then=options.then,
        timing=options.timing,
    )


def deliver(options: argparse.Namespace) -> int:
    """Plan and send what is due once, without Celery."""
    from ikb import moment
    from ikb.db import transaction
    from ikb.deliveries import service
    from ikb.reminders.service import plan_missing

    with _app().app_context():
        if not options.dry_run:
            with transaction():
                plan_missing(now=options.now or moment.now())
                if options.now is None:  # called by cron, this is both: what sends, and what gives the beat
                    service.beat(["beat", "worker"], now=moment.now())
        report = service.deliver_once(lambda: options.now or moment.now(), dry_run=options.dry_run)
    for line in report.lines:
        print(line)
    if report.expired:
        print(f"Verfallen, weil zu spät: {report.expired}", file=sys.stderr)
    return DONE


def take_returns(options: argparse.Namespace) -> int:
    """Take in one message that came back to the sender, from a file or a pipe (-)."""
    from ikb.db import transaction
    from ikb.deliveries import incoming
    from ikb.moment import now

    try:
        raw = sys.stdin.buffer.read(incoming.LARGEST) if options.file == "-" else _beginning(Path(options.file))
    except OSError as fault:
        return _say_faults([f"{options.file}: {fault.strerror}"])
    if not raw.strip():
        return _say_faults([f"{options.file}: Die Nachricht ist leer."])
    with _app().app_context():
        with transaction():
            taken = incoming.take_in(raw, now=now())
        print(taken.sentence)
    return DONE


def _beginning(file: Path) -> bytes:
    from ikb.deliveries.incoming import LARGEST

    with file.open("rb") as opened:
        return opened.read(LARGEST)


def verify_journal(_: argparse.Namespace) -> int:
    """Check the journal's chain."""
    from ikb.journal import service

    with _app().app_context():
        breaks = service.verify()
    for sentence in breaks or ["Die Kette ist unversehrt."]:
        print(sentence)
    return ALTERED if breaks else DONE


def show_routes(options: argparse.Namespace) -> int:
    """Every route with its methods and who may enter."""
    from ikb.accounts import policy

    listed = policy.routes(_app())
    if options.json:
        print(json.dumps(listed, ensure_ascii=False, indent=1))
    else:
        for route in listed:
            print(f"{','.join(route['methods']):<10} {route['rule']:<60} {', '.join(route['roles'])}")
    return DONE


def migrate(_: argparse.Namespace) -> int:
    """Bring the database to the newest shape."""
    from flask_migrate import upgrade

    with _app().app_context():
        upgrade()
    return DONE


def add_user(options: argparse.Namespace) -> int:
    """Make an account and print the one-time link that sets its password."""
    from ikb.accounts import service
    from ikb.accounts.model import Role
    from ikb.db import transaction
    from ikb.journal.service import SYSTEM
    from ikb.moment import now
    from ikb.web.links import external_url

    with _app().app_context():
        with transaction():
            _, token = service.invite(options.email, options.name, map(Role, options.role), by=SYSTEM, now=now())
        print(external_url("accounts.set_password", token=token))
    return DONE


def show_person(options: argparse.Namespace) -> int:
    """Say what is stored about a person, by exact name or mail address; nothing is changed."""
    from ikb.moment import now
    from ikb.privacy import handing_out, persons

    with _app().app_context():
        print(handing_out.as_text(persons.find(options.who), now()))
    return DONE


def export_person(options: argparse.Namespace) -> int:
    """Write what is stored about a person to a ZIP file, and note that it was given out."""
    from ikb.db import transaction
    from ikb.journal.service import SYSTEM
    from ikb.moment import now
    from ikb.privacy import handing_out, persons

    with _app().app_context():
        found = persons.find(options.who)
        with transaction():
            persons.note_export(found, by=SYSTEM, now=now())
        options.file.write_bytes(handing_out.as_zip(found, now()))
    print(f"{len(found)} Einträge in {options.file}")
    return DONE


def erase_person(options: argparse.Namespace) -> int:
    """Erase what may be erased of a person, after --yes; without it only say what would be done."""
    from ikb.db import transaction
    from ikb.journal.service import SYSTEM
    from ikb.moment import now
    from ikb.privacy import persons

    with _app().app_context():
        found = persons.find(options.who)
        for one in found:
            print(f"{one.what} ({one.where}): {one.done or f'bleibt: {one.kept}'}")
        if options.yes:
            with transaction():
                persons.erase(options.who, persons.digest(found), by=SYSTEM, now=now())
        print("Gelöscht, was gelöscht werden darf." if options.yes else "Nichts geändert. Mit --yes wird gelöscht.")
    return DONE


def demo(options: argparse.Namespace) -> int:
    """The Bielefeld case, ready to click."""
    from ikb.demo import command

    return command.run(options)


def serve(options: argparse.Namespace) -> int:
    """Web, worker and beat in one process for a small town."""
    from ikb import serve as one_process
    from ikb.config import Config, is_loopback

    env = Config.from_env().env
    if env != "production" and not is_loopback(options.host):
        return _say_faults([f"--host is {options.host!r}; with IKB_ENV={env} ikb serves this machine only: 127.0.0.1."])
    return one_process.run(_app(), options.host, options.port)


# --- what may be typed ------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ikb", description="Eine Beschlussvorlage von der Einladung bis zum Ratsbeschluss."
    )
    commands = parser.add_subparsers(required=True, metavar="BEFEHL")
    _demo_options(_command(commands, "demo", demo))
    server = _command(commands, "run", serve)
    server.add_argument("--host", default="127.0.0.1")
    server.add_argument("--port", type=int, default=8000)
    _import_commands(_group(commands, "import", "Daten einlesen, ganz oder gar nicht"))
    _consolidate_options(_command(commands, "consolidate", consolidate))
    sender = _command(commands, "deliver", deliver)
    sender.add_argument("--dry-run", action="store_true", help="nur sagen, wer was wann warum bekäme")
    sender.add_argument("--now", type=_moment, metavar="ISO", help="so tun, als wäre es dieser Zeitpunkt")
    sender.add_argument("--once", action="store_true", help="einmal (so ist es immer; für cron lesbar geschrieben)")
    _command(commands, "returns", take_returns).add_argument("file", metavar="DATEI", help="eine Nachricht, oder -")
    _command(_group(commands, "journal", "der Änderungsverlauf"), "verify", verify_journal)
    receipts = _group(commands, "receipt", "Eingangsbestätigungen: prüfen, Schlüssel")
    receipt_keys = _group(receipts, "key", "die Schlüssel, die Bestätigungen unterschreiben")
    receipt_command.add_to(partial(_command, receipts), partial(_command, receipt_keys), _app)
    _command(commands, "routes", show_routes).add_argument("--json", action="store_true")
    _command(commands, "migrate", migrate)
    user = _command(_group(commands, "user", "Menschen mit Konto"), "add", add_user)
    user.add_argument("email")
    user.add_argument("name")
    user.add_argument("--role", action="append", required=True, choices=["lead", "secretary", "administrator"])
    _person_commands(_group(commands, "person", "was über eine Person gespeichert ist"))
    return parser


def _person_commands(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show, give = _command(group, "show", show_person), _command(group, "export", export_person)
    erase = _command(group, "erase", erase_person)
    for command in (show, give, erase):
        command.add_argument("who", metavar="NAME-ODER-ADRESSE")
    give.add_argument("file", type=Path, metavar="DATEI.zip")
    erase.add_argument("--yes", action="store_true", help="wirklich löschen")


def _import_commands(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    paper = _command(group, "paper", import_paper)
    paper.add_argument("file", type=Path)
    paper.add_argument("--dry-run", action="store_true", help="nur lesen, nichts speichern, keine Datenbank")
    paper.add_argument("--json", action="store_true")
    paper.add_argument("--lead", metavar="E-MAIL", help="wer das Verfahren leitet (ohne --dry-run nötig)")
    institutions = _command(group, "institutions", import_institutions)
    institutions.add_argument("file", type=Path)
    institutions.add_argument("--dry-run", action="store_true")
    statements = _command(group, "statements", import_statements)
    statements.add_argument("file", type=Path)
    statements.add_argument("--phase", type=int, metavar="NUMMER", help="die Beteiligung (sonst die einzige offene)")
    statements.add_argument("--confirm", action="store_true", help="Eingangsbestätigungen per E-Mail verschicken")
    statements.add_argument("--dry-run", action="store_true")


def _demo_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, metavar="DIR", help="Ordner der Daten (sonst var/demo)")
    parser.add_argument(
        "--as-of", type=date.fromisoformat, metavar="DATUM", help="der Tag, an dem die Demonstration spielt"
    )
    parser.add_argument("--original-dates", action="store_true", help="die Daten von 2010, am 25.08.2010")
    parser.add_argument("--no-browser", action="store_true", help="keinen Browser öffnen")


def _consolidate_options(parser: argparse.ArgumentParser) -> None:
    for name in ("input", "statements", "output"):
        parser.add_argument(f"--{name}", type=Path, required=True, metavar="DATEI")
    for name in ("decisions", "then", "timing"):
        parser.add_argument(f"--{name}", type=Path, metavar="DATEI")


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    summary = (run.__doc__ or "").splitlines()[0]
    parser = commands.add_parser(name, help=summary, description=summary)
    parser.set_defaults(run=run)
    return parser


def _group(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, summary: str
) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    return commands.add_parser(name, help=summary).add_subparsers(required=True, metavar="BEFEHL")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("Zeitpunkt mit Zone angeben, zum Beispiel 2030-06-03T08:00:00+00:00")
    return moment
