"""What callers can't do, and what others can see, is tried as these users; so these tests run as root."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter import maildir
from qsfilter.cli.check_rights import User, rights_problems
from qsfilter.config import from_source
from qsfilter.edge import edge, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qsfilter.model import Problem

GROUP = 64_500
QMAILD = User(name="qmaild", uid=64_501, groups=(64_501,))
MEMBER = User(name="qmaild", uid=64_501, groups=(64_501, GROUP))
ALIAS = User(name="alias", uid=64_502, groups=(64_502,))
NOBODY = User(name="nobody", uid=65_534, groups=(65_534,))
SERVICE = 64_503


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that every user can reach."""
    made = Path(tempfile.mkdtemp(prefix="qsfilter-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def wrong(folder: Path) -> Callable[..., list[Problem]]:
    """Return what is wrong for one user with the configuration MORE in the folder."""

    def tried(user: User, more: str = "") -> list[Problem]:
        config = folder / "qsfilter.toml"
        config.write_text(
            f'[deliver]\nqmail_queue = "/bin/true"\n[quarantine]\npath = "{folder}/spool/quarantine"\n{more}'
        )
        source = read(str(config))
        return list(rights_problems(from_source(source), edge(source.table, source.path), str(config), [user]))

    return tried


def texts(found: list[Problem]) -> str:
    return "\n".join(problem.text for problem in found)


def test_who_can_not_keep_a_copy_is_named(folder: Path, wrong: Callable[..., list[Problem]]) -> None:
    (folder / "spool").mkdir(mode=0o700)
    (found,) = [problem for problem in wrong(QMAILD) if "can't keep copies" in problem.text]
    assert found.fatal
    assert "user qmaild can't keep copies in" in found.text
    (found,) = [problem for problem in wrong(ALIAS) if "can't keep copies" in problem.text]
    assert not found.fatal
    os.chown(folder / "spool", QMAILD.uid, QMAILD.groups[0])
    assert "keep copies" not in texts(wrong(QMAILD))


def test_a_configuration_that_the_caller_can_not_read_is_named(
    folder: Path, wrong: Callable[..., list[Problem]]
) -> None:
    assert "can't read" not in texts(wrong(QMAILD))
    (folder / "qsfilter.toml").chmod(0o600)
    assert f"user qmaild can't read {folder}/qsfilter.toml" in texts(wrong(QMAILD))


def test_nobody_is_asked_only_what_he_sees(folder: Path, wrong: Callable[..., list[Problem]]) -> None:
    kept = folder / "spool" / "quarantine"
    kept.mkdir(parents=True)
    kept.chmod(0o755)
    (found,) = wrong(NOBODY)
    assert found.fatal
    assert f"user nobody can read {kept}" in found.text
    kept.chmod(0o700)
    assert wrong(NOBODY) == []


def test_an_archive_that_others_can_read_is_named(folder: Path, wrong: Callable[..., list[Problem]]) -> None:
    archive = folder / "archive"
    archive.mkdir()
    archive.chmod(0o755)
    found = wrong(NOBODY, f'[plugins.archive]\npath = "{archive}"\n')
    assert texts(found) == f"user nobody can read {archive}, and so other people's mail"
    assert [problem.mend for problem in found] == [f"chmod o= {archive}"]


def test_a_socket_that_the_caller_can_not_connect_to_is_named(
    folder: Path, wrong: Callable[..., list[Problem]]
) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "s"))
        listening.listen()
        (folder / "s").chmod(0o600)
        service = f'[service]\nsocket = "{folder}/s"\nfront = "/bin/true"\n'
        assert texts(wrong(QMAILD, service)).startswith(f"user qmaild can't connect to {folder}/s")
        (folder / "s").chmod(0o666)
        assert wrong(QMAILD, service) == []
        assert "can't run" in texts(wrong(QMAILD, service.replace("/bin/true", f"{folder}/none")))


def test_a_quarantine_that_is_not_the_services_is_named(folder: Path, wrong: Callable[..., list[Problem]]) -> None:
    kept = folder / "spool" / "quarantine"
    kept.mkdir(parents=True, mode=0o700)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "s"))
        listening.listen()
        (folder / "s").chmod(0o666)
        os.chown(folder / "s", SERVICE, SERVICE)
        service = f'[service]\nsocket = "{folder}/s"\nfront = "/bin/true"\n'
        assert f"{kept} belongs to user 0, and the service runs as user {SERVICE}" in texts(wrong(QMAILD, service))
        os.chown(kept, SERVICE, SERVICE)
        assert wrong(QMAILD, service) == []


def test_the_fall_back_in_the_callers_process_takes_a_group(folder: Path, wrong: Callable[..., list[Problem]]) -> None:
    service = f'[service]\nsocket = "{folder}/s"\nfallback = "in-process"\n'
    spool = folder / "spool"
    spool.mkdir(mode=0o700)
    os.chown(spool, SERVICE, GROUP)
    assert "can't keep copies" in texts(wrong(MEMBER, service))
    spool.chmod(0o2770)
    found = texts(wrong(MEMBER, service))
    assert "can't keep copies" not in found
    assert "can read" not in found
    (told,) = [problem for problem in wrong(MEMBER, service) if "by a further group alone" in problem.text]
    assert told.text.startswith(f"user qmaild can keep copies in {spool}/quarantine/viruses/new by")
    assert not told.fatal
    his_own = User(name="qmaild", uid=MEMBER.uid, groups=(GROUP,))
    assert "further group" not in texts(wrong(his_own, service))
    assert "can't keep copies" not in texts(wrong(his_own, service))
    assert "can't keep copies" in texts(wrong(QMAILD, service))


def forbidden_for_set_id_bits(chmod: Callable[..., None]) -> Callable[..., None]:
    """Return CHMOD as RestrictSUIDSGID= of systemd leaves it, which our unit sets."""

    def restricted(path: str, mode: int) -> None:
        if mode & 0o6000:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), path)
        chmod(path, mode)

    return restricted


def keep_as(user: User, box: str, name: str) -> None:
    """Write a copy as USER does, in a process of his."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups(user.groups)
            os.setgid(user.groups[0])
            os.setuid(user.uid)
            os.umask(0o077)
            os.chmod = forbidden_for_set_id_bits(os.chmod)  # type: ignore[assignment]
            maildir.make(box, ("sidecar",))
            maildir.write_durably(box, f"new/{name}", [b"kept"])
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0


def test_the_members_of_a_group_share_one_quarantine(folder: Path) -> None:
    spool = folder / "spool"
    spool.mkdir()
    os.chown(spool, SERVICE, GROUP)
    spool.chmod(0o2770)
    other = User(name="alias", uid=ALIAS.uid, groups=(*ALIAS.groups, GROUP))
    box = spool / "quarantine" / "viruses"
    # As run-the-service.md has it: the group is the service's own, as tcpserver and setuidgid give one group alone.
    service = User(name="qsfilter", uid=SERVICE, groups=(GROUP,))
    for user in (MEMBER, other, service):
        keep_as(user, str(box), user.name)
    for made in (box, box / "new", box / "tmp", box / "sidecar"):
        assert (made.stat().st_mode & 0o7777, made.stat().st_gid) == (0o2770, GROUP)
    for user in (MEMBER, other, service):
        found = (box / "new" / user.name).stat()
        assert (found.st_mode & 0o7777, found.st_gid, found.st_uid) == (0o640, GROUP, user.uid)


def test_else_everything_is_the_writers_alone(folder: Path) -> None:
    os.chown(folder, QMAILD.uid, QMAILD.groups[0])
    keep_as(QMAILD, str(folder / "box"), "copy")
    assert (folder / "box" / "new").stat().st_mode & 0o7777 == 0o700
    assert (folder / "box" / "new" / "copy").stat().st_mode & 0o7777 == 0o600
