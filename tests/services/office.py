"""LibreOffice without a window, where it is installed: it accepts or rejects all changes of a file and gives it back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

SECONDS = 120
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE {0} PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "{1}.dtd">\n'
)
_MACRO = """
Sub Work(source As String, target As String, command As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  document = StarDesktop.loadComponentFromURL(ConvertToURL(source), "_blank", 0, hidden())
  If command &lt;&gt; "" Then
    helper = createUnoService("com.sun.star.frame.DispatchHelper")
    helper.executeDispatch(document.CurrentController.Frame, ".uno:" &amp; command, "", 0, Array())
  End If
  Dim filter(0) As New com.sun.star.beans.PropertyValue
  filter(0).Name = "FilterName"
  filter(0).Value = "MS Word 2007 XML"
  document.storeToURL(ConvertToURL(target), filter())
  document.close(True)
End Sub
"""


def found() -> str | None:
    """Where LibreOffice is; None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def accept(data: bytes, folder: Path) -> bytes:
    """The file with all changes accepted by LibreOffice."""
    return _worked(data, folder, "AcceptAllTrackedChanges")


def reject(data: bytes, folder: Path) -> bytes:
    """The file with all changes rejected by LibreOffice."""
    return _worked(data, folder, "RejectAllTrackedChanges")


def saved(data: bytes, folder: Path) -> bytes:
    """The file as LibreOffice writes it after opening it."""
    return _worked(data, folder, "")


def _worked(data: bytes, folder: Path, command: str) -> bytes:
    profile = _profile(folder)
    source, target = folder / f"given{command}.docx", folder / f"made{command}.docx"
    source.write_bytes(data)
    _run(profile, f'macro:///Standard.Module1.Work("{source}","{target}","{command}")')
    return target.read_bytes()


def _profile(folder: Path) -> Path:
    """A profile of its own, made by LibreOffice as it likes it, then with the macro in it."""
    profile = folder / "profile"
    standard = profile / "user" / "basic" / "Standard"
    if not standard.exists():
        _run(profile, "--terminate_after_init")
        library = 'xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"'
        (standard / "script.xlb").write_text(
            f'{_HEAD.format("library:library", "library")}<library:library {library} library:passwordprotected="false">'
            '<library:element library:name="Module1"/></library:library>'
        )
        module = 'xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic"'
        (standard / "Module1.xba").write_text(
            f"{_HEAD.format('script:module', 'module')}<script:module {module}>{_MACRO}</script:module>"
        )
    return profile


def _run(profile: Path, argument: str) -> None:
    program = found()
    assert program is not None
    command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", argument]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
