"""PDF from a template and data. What people typed goes in as data and is set as text: nothing in it is ever run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast

PDF_TYPE = "application/pdf"
Standard = Literal["ua-1", "a-2a", "a-3a"]
ACCESSIBLE: tuple[Standard, ...] = ("ua-1", "a-2a")  # for everybody, and for the archive


def as_pdf(template: Path, page: Mapping[str, Any], standards: Sequence[Standard] = ACCESSIBLE) -> bytes:
    """The template with `page` in it as JSON, tagged, accessible (PDF/UA-1) and fit for an archive (PDF/A-2a).

    Where somebody wrote signs that no font at hand has, the page shows boxes in their place and does not claim the standards.
    """
    return typeset(template, {"page": json.dumps(page, ensure_ascii=False)}, standards)


def typeset(template: Path, values: dict[str, str], standards: Sequence[Standard]) -> bytes:
    """The same with several values, each as the template reads it."""
    import typst  # late: decision 79

    try:
        return _compiled(template, values, standards)
    except typst.TypstError:
        return _compiled(template, values, ())


def _compiled(template: Path, values: dict[str, str], standards: Sequence[Standard]) -> bytes:
    import typst  # late: decision 79

    # The template reads no files; were one written into it by mistake, it would look in an empty folder.
    with tempfile.TemporaryDirectory() as nowhere:
        setter = typst.Compiler(template.read_bytes(), root=nowhere)
        made = setter.compile(format="pdf", sys_inputs=values, pdf_standards=list(standards))
    return cast(bytes, made)
