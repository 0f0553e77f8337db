"""The keys of one installation, as files: one private key that signs, and every public key that ever did."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ikb.core.signing import key_id_of, new_key, private_pem, public_pem, read_private, read_public

FOLDER = "keys"  # in the installation's data folder
PRIVATE = "receipts.pem"
PUBLIC = "receipts-{}.pub.pem"


class KeyStore:
    """A folder with keys. The private one is made when it is first needed, readable by its owner only (0600).

    Several processes may ask at once: whoever links its file first made the key, and the others take that one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: tuple[int, int] | None = None
        self._key: tuple[str, Ed25519PrivateKey] | None = None

    @property
    def has_key(self) -> bool:
        """Whether a key was ever made here."""
        return (self.folder / PRIVATE).exists()

    def current(self) -> tuple[str, Ed25519PrivateKey]:
        """The key that signs now, with its id. Raises NoKey for a file that holds none."""
        try:
            status = (self.folder / PRIVATE).stat()
        except FileNotFoundError:
            self._make_first()
            status = (self.folder / PRIVATE).stat()
        seen = (status.st_ino, status.st_mtime_ns)  # another process may have changed keys since
        if self._key is None or seen != self._seen:
            key = read_private((self.folder / PRIVATE).read_bytes())
            self._seen, self._key = seen, (key_id_of(key.public_key()), key)
        return self._key

    def public_keys(self) -> dict[str, Ed25519PublicKey]:
        """Every key whose signatures count, by id: the one that signs now first, then the earlier ones."""
        key_id, key = self.current()
        found = {key_id: key.public_key()}
        for file in sorted(self.folder.glob(PUBLIC.format("*")), key=lambda file: file.stat().st_mtime, reverse=True):
            for known, public in read_public(file.read_bytes()).items():
                found.setdefault(known, public)
        return found

    def change(self) -> str:
        """Sign with a new key from now on; the old one's public half stays, its private half is gone. Returns the new id."""
        _, old = self.current()
        new = new_key()
        self._keep_public(old)
        self._keep_public(new)
        os.replace(self._written(private_pem(new)), self.folder / PRIVATE)
        self._sync()
        return key_id_of(new.public_key())

    def _make_first(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = self._written(private_pem(new_key()))
        with suppress(FileExistsError):  # another process was faster, and its key is the one
            os.link(written, self.folder / PRIVATE)
        written.unlink()
        self._keep_public(read_private((self.folder / PRIVATE).read_bytes()))
        self._sync()

    def _keep_public(self, key: Ed25519PrivateKey) -> None:
        public = key.public_key()
        file = self.folder / PUBLIC.format(key_id_of(public))
        if not file.exists():
            os.replace(self._written(public_pem(public)), file)

    def _written(self, content: bytes) -> Path:
        """A complete new file beside the others, for its owner only, safe on the disk."""
        file = self.folder / f".{secrets.token_hex(8)}"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        return file

    def _sync(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
