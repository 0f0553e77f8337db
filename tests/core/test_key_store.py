"""The keys of an installation: one for everybody who starts at once, for its owner's eyes, and never forgotten."""

from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ikb.core.key_store import PRIVATE, KeyStore
from ikb.core.signing import NoKey, key_id_of, new_key, public_pem, read_private, read_public


def first_key(folder: Path, start: multiprocessing.synchronize.Barrier, found: multiprocessing.Queue[str]) -> None:
    start.wait(timeout=60)
    found.put(KeyStore(folder).current()[0])


def test_processes_that_start_at_once_end_with_one_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    start, found = context.Barrier(8), context.Queue()
    workers = [context.Process(target=first_key, args=(tmp_path / "keys", start, found)) for _ in range(8)]
    for worker in workers:
        worker.start()
    ids = {found.get(timeout=60) for _ in workers}
    for worker in workers:
        worker.join(timeout=60)

    assert len(ids) == 1
    assert set(KeyStore(tmp_path / "keys").public_keys()) == ids
    assert sorted(file.name for file in (tmp_path / "keys").iterdir()) == sorted(
        [PRIVATE, f"receipts-{ids.pop()}.pub.pem"]
    )


def test_only_its_owner_can_read_the_private_key(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    store.current()
    store.change()

    assert stat.S_IMODE((store.folder / PRIVATE).stat().st_mode) == 0o600
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_a_new_key_signs_in_every_process_and_the_old_ones_stay_known(tmp_path: Path) -> None:
    store, elsewhere = KeyStore(tmp_path), KeyStore(tmp_path)
    first, _ = elsewhere.current()

    second = store.change()
    third = store.change()

    assert elsewhere.current()[0] == third
    assert next(iter(elsewhere.public_keys())) == third
    assert set(elsewhere.public_keys()) == {first, second, third}


def test_the_old_private_key_is_gone_after_a_change(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    _, old = store.current()
    store.change()

    kept = [file.read_bytes() for file in tmp_path.iterdir() if b"PRIVATE" in file.read_bytes()]
    assert len(kept) == 1
    assert key_id_of(read_private(kept[0]).public_key()) != key_id_of(old.public_key())


def test_asking_for_the_keys_makes_none_unless_one_is_needed(tmp_path: Path) -> None:
    assert not KeyStore(tmp_path / "keys").has_key
    assert not (tmp_path / "keys").exists()


ELLIPTIC = generate_private_key(SECP256R1())


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ELLIPTIC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        public_pem(new_key().public_key()),
    ],
    ids=["empty", "broken", "another kind", "public"],
)
def test_a_file_without_our_kind_of_private_key_is_refused(pem: bytes) -> None:
    with pytest.raises(NoKey):
        read_private(pem)


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        ELLIPTIC.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public_pem(new_key().public_key()) + b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    ],
    ids=["empty", "broken", "another kind", "one good, one broken"],
)
def test_a_file_without_our_kind_of_public_key_is_refused(pem: bytes) -> None:
    with pytest.raises(NoKey):
        read_public(pem)


def test_several_public_keys_come_out_of_one_file_whatever_stands_around_them() -> None:
    one, other = new_key().public_key(), new_key().public_key()

    assert set(read_public(b"# von heute\n" + public_pem(one) + b"\n# von gestern\n" + public_pem(other))) == {
        key_id_of(one),
        key_id_of(other),
    }
