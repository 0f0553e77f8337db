"""Ed25519 keys as receipts use them: made, written down, known again by their fingerprint."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "Ed25519"
SIGNATURE_BYTES = 64
KEY_ID_LENGTH = 32
_PUBLIC_BLOCK = re.compile(rb"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)


class NoKey(ValueError):
    """The text holds no Ed25519 key; the message is a German sentence."""


def new_key() -> Ed25519PrivateKey:
    """A key from the machine's source of randomness."""
    return Ed25519PrivateKey.generate()


def key_id_of(key: Ed25519PublicKey) -> str:
    """A key's fingerprint: the first 128 bits of SHA-256 over its 32 bytes, in hex."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:KEY_ID_LENGTH]


def private_pem(key: Ed25519PrivateKey) -> bytes:
    """A private key as PEM (PKCS 8), not encrypted: the file's mode protects it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_pem(key: Ed25519PublicKey) -> bytes:
    """A public key as PEM, as OpenSSL writes and reads it."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def read_private(pem: bytes) -> Ed25519PrivateKey:
    """A private key from its PEM. Raises NoKey."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise NoKey("Die Datei enthält keinen lesbaren Schlüssel.") from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise NoKey("Der Schlüssel in der Datei ist kein Ed25519-Schlüssel.")
    return key


def read_public(pem: bytes) -> dict[str, Ed25519PublicKey]:
    """Every public key in a PEM text, by key id. Raises NoKey where there is none, or one that cannot be read."""
    blocks = _PUBLIC_BLOCK.findall(pem)
    if not blocks:
        raise NoKey("Die Datei enthält keinen öffentlichen Schlüssel (BEGIN PUBLIC KEY).")
    return by_id(_read_block(block) for block in blocks)


def _read_block(block: bytes) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(block)
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise NoKey("Die Datei enthält einen öffentlichen Schlüssel, der sich nicht lesen lässt.") from fault
    if not isinstance(key, Ed25519PublicKey):
        raise NoKey("Der öffentliche Schlüssel in der Datei ist kein Ed25519-Schlüssel.")
    return key


def by_id(keys: Iterable[Ed25519PublicKey]) -> dict[str, Ed25519PublicKey]:
    """Public keys under their fingerprints."""
    return {key_id_of(key): key for key in keys}


def is_signed_by(keys: Mapping[str, Ed25519PublicKey], key_id: str, signature: bytes, text: bytes) -> bool:
    """Whether the key of that id made this signature over exactly these bytes. Raises KeyError for an unknown key."""
    try:
        keys[key_id].verify(signature, text)
    except InvalidSignature:
        return False
    return True
