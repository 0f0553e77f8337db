"""Pictures: opened in full, and drawn anew, small and without anything but colours: no place, no camera, no hidden file."""

from __future__ import annotations

import io
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps

from ikb.quarantine import reasons
from ikb.quarantine.kinds import Kind
from ikb.quarantine.reasons import NotTaken

FORMATS = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.TIFF: "TIFF"}
# Pixels. A JPEG is unpacked at the size that is needed; the others in full, 4 bytes each, within the memory there is.
MOST_PIXELS = {Kind.JPEG: 120_000_000, Kind.PNG: 40_000_000, Kind.TIFF: 40_000_000}
MOST_REDRAWN = 20_000_000  # pixels; drawn anew in full
MOST_FRAMES = 500
LONGEST_SIDE = 1_200  # pixels, of the preview


def read(file: BinaryIO, kind: Kind) -> tuple[bytes, int]:
    """A preview as PNG, and how many pictures the file holds. Raises NotTaken."""
    Image.MAX_IMAGE_PIXELS = None  # ours is stricter, and it refuses instead of warning
    warnings.simplefilter("ignore")
    try:
        return _read(file, kind)
    except (NotTaken, MemoryError):
        raise
    except Exception as fault:  # Pillow raises whatever its decoders raise
        raise NotTaken(reasons.DAMAGED) from fault


def redrawn(file: BinaryIO, kind: Kind) -> bytes:
    """The whole picture drawn anew, of the same kind, with its colours and nothing else. Raises NotTaken."""
    Image.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    target = io.BytesIO()
    try:
        with Image.open(file, formats=[FORMATS[kind]]) as picture:
            if picture.width * picture.height > MOST_REDRAWN:
                raise NotTaken(reasons.TOO_MANY_PIXELS)
            picture.load()
            turned = ImageOps.exif_transpose(picture)
            sheet = turned.convert("RGB") if kind is Kind.JPEG else _on_white(turned)
        sheet.info.clear()  # a comment or a colour profile would be written along
        sheet.save(target, FORMATS[kind], **({"quality": 90} if kind is Kind.JPEG else {}))
    except (NotTaken, MemoryError):
        raise
    except Exception as fault:  # Pillow raises whatever its decoders raise
        raise NotTaken(reasons.DAMAGED) from fault
    return target.getvalue()


def _read(file: BinaryIO, kind: Kind) -> tuple[bytes, int]:
    with Image.open(file, formats=[FORMATS[kind]]) as picture:
        if picture.width * picture.height > MOST_PIXELS[kind]:
            raise NotTaken(reasons.TOO_MANY_PIXELS)
        frames = getattr(picture, "n_frames", 1) if kind is Kind.TIFF else 1
        if frames > MOST_FRAMES:
            raise NotTaken(reasons.TOO_MUCH)
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture.load()
        small = picture.copy()
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    turned = ImageOps.exif_transpose(small)
    return _drawn_anew(turned), frames


def _drawn_anew(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    _on_white(picture).save(target, "PNG")
    return target.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    sheet = Image.new("RGB", picture.size, "white")
    shape = picture.convert("RGBA")
    sheet.paste(shape, mask=shape)
    return sheet
