"""Contents of artifacts and checkpoints, laid down whole before an event names them."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import re
import shutil
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Callable, Optional, Union

Source = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview, Callable[[str], object]]
"""A file's or directory's path, a content, or a function that writes to the path it is given."""

_piece = 1 << 20
# The recorder may not have read an older checkpoint's event yet.
_seconds_kept = 10.0
# Appended to the name of a directory's checkpoint, which is kept as one file.
_directory_suffix = ".directory.tar"


def store_file(source: Union[str, os.PathLike[str], bytes], folder: str) -> str:
    """Copies a content into `folder` under its SHA-256, and gives the copy's path.

    Raises:
        OSError: It can't be read or written.
    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    temporary = os.path.join(folder, f".{os.getpid()}-{time.monotonic_ns()}")
    digest = hashlib.sha256()
    try:
        with open(temporary, "xb") as target:
            if isinstance(source, bytes):
                digest.update(source)
                target.write(source)
            else:
                with open(source, "rb") as file:
                    while piece := file.read(_piece):
                        digest.update(piece)
                        target.write(piece)
        path = os.path.join(folder, digest.hexdigest())
        os.replace(temporary, path)
    except BaseException:
        _remove(temporary)
        raise
    return path


def store_checkpoint(source: Source, name: Optional[str], folder: str) -> tuple[str, str]:
    """Lays a checkpoint down in `folder`, whole and on the disk. Gives its file's name and its own.

    Each has a file of its own, so that no event ever names another one's content.

    Raises:
        OSError: It can't be read or written.
    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    is_path = isinstance(source, (str, os.PathLike))
    is_directory = is_path and os.path.isdir(source)  # type: ignore[arg-type]
    if name is None:
        name = os.path.basename(os.path.abspath(os.fspath(source))) if is_path else "checkpoint"  # type: ignore[arg-type]
    if is_directory:
        name += _directory_suffix
    stem = re.sub(r"[^\w.+-]", "_", name)[-100:]
    # Libraries take a format from the name's end, and some refuse a dot at its beginning.
    temporary = os.path.join(folder, f"draft-{os.getpid()}-{time.monotonic_ns()}-{stem}")
    try:
        _write(source, temporary, is_directory)
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        file_name = _move(temporary, folder, stem)
    except BaseException:
        _remove(temporary)
        raise
    _sync_directory(folder)
    return file_name, name


def _write(source: Source, target: str, is_directory: bool) -> None:
    if callable(source):
        source(target)
    elif isinstance(source, (bytes, bytearray, memoryview)):
        with open(target, "wb") as file:
            file.write(source)
    elif is_directory:
        with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
            archive.add(source, arcname=".")
    else:
        shutil.copyfile(source, target)


def _move(temporary: str, folder: str, stem: str) -> str:
    """Gives the file the next free number, also when several processes make checkpoints at once."""
    number = max((own for own, _ in _numbered(folder, stem)), default=0) + 1
    while True:
        name = f"{number:06d}-{stem}"
        try:
            os.link(temporary, os.path.join(folder, name))
        except FileExistsError:
            number += 1
            continue
        except OSError:  # a file system without links
            os.replace(temporary, os.path.join(folder, name))
            return name
        os.unlink(temporary)
        return name


def _numbered(folder: str, stem: str) -> list[tuple[int, str]]:
    pattern = re.compile(r"(\d{6,})-" + re.escape(stem))
    found = []
    for entry in os.listdir(folder):
        if match := pattern.fullmatch(entry):
            found.append((int(match.group(1)), os.path.join(folder, entry)))
    return sorted(found)


def remove_old_checkpoints(folder: str, newest: str, spared: Optional[str]) -> None:
    """Removes the files that `newest` replaces and that whoever records has had time to read."""
    number, _, stem = newest.partition("-")
    try:
        for own, path in _numbered(folder, stem):
            is_old = time.time() - os.stat(path).st_mtime > _seconds_kept
            if own < int(number) - 1 and is_old and path != spared:
                _remove(path)
    except OSError:
        pass


def restored_path(path: str, name: str) -> Path:
    """A checkpoint as it was given: its file, or the directory, laid out anew.

    Raises:
        OSError, tarfile.TarError: It can't be laid out.
    """
    if not name.endswith(_directory_suffix):
        return Path(path)
    target = tempfile.mkdtemp(prefix="assay-")
    atexit.register(shutil.rmtree, target, ignore_errors=True)
    with tarfile.open(path) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(target, filter="data")
        else:
            archive.extractall(target)
    return Path(target)


def _sync_directory(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)
