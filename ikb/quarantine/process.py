"""Starts a program of the quarantine, and believes nothing of it but the bytes that it writes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Timer
from typing import BinaryIO

import ikb
from ikb.quarantine.locked import SECONDS

TIME_LIMIT = float(SECONDS)  # on the wall
LARGEST_ANSWER = 16 * 1024 * 1024
_ROOT = Path(ikb.__file__).resolve().parents[1]
_ENVIRONMENT = {
    "PYTHONPATH": str(_ROOT),
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENPYXL_LXML": "False",
    "LC_ALL": "C.UTF-8",
}


class NoAnswer(Exception):
    """The program ran out of time or memory, died, or said more than anybody asked for: the fault is the file's."""


def ask(module: str, source: Path | bytes, *arguments: str) -> bytes:
    """What a program says about a file that may be anybody's.

    module:    run as `python -m`; it calls `locked.lock_up` first, reads standard input (a file that it may seek in), writes
               its answer to standard output and ends with 0.
    source:    where the file lies, or its bytes.
    arguments: words of ours, nothing of the file.
    Raises NoAnswer. Needs no more memory here than the answer has.
    """
    with _opened(source) as opened:
        return _run([sys.executable, "-m", module, *arguments], opened)


def _opened(source: Path | bytes) -> BinaryIO:
    if isinstance(source, Path):
        return source.open("rb")
    held: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    held.write(source)
    held.flush()
    held.seek(0)
    return held


def _run(command: list[str], source: BinaryIO) -> bytes:
    # Our own program, no shell, nothing of the file in its arguments.
    with subprocess.Popen(  # noqa: S603
        command,
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env=_ENVIRONMENT,
        start_new_session=True,
    ) as program:
        clock = Timer(TIME_LIMIT, program.kill)
        clock.start()
        try:
            answer = program.stdout.read(LARGEST_ANSWER + 1) if program.stdout else b""
            if len(answer) > LARGEST_ANSWER:
                program.kill()
            program.wait()
        finally:
            clock.cancel()
            program.kill()  # where something went wrong here: nobody will listen any more
    if program.returncode != 0:
        raise NoAnswer(f"ended with {program.returncode}")
    return answer
