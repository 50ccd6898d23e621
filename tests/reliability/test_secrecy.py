"""What a message says stays in the message: no log, reply, header field of ours or file about it has a word of it.

Words are put into the body, header fields and contents, and looked for in whatever is written but the mail and its
copies. Names of parts and addresses may stand there, as the pages on logs and replies say.
"""

from __future__ import annotations

import gzip
import json
import os
import random
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter.config import load
from qsfilter.edits import head
from qsfilter.log_forms import json_line
from qsfilter.log_line import log_line
from qsfilter.model import Client, Envelope
from qsfilter.report import as_dict
from qsfilter.testing.archives import member, tar_file, tar_member, zip_file
from qsfilter.testing.containers import cabinet, seven_zip
from qsfilter.testing.documents import compound, pdf, tnef, tnef_attachment
from qsfilter.testing.messages import attachment, eicar, message, part, zip_of
from tests.process.conftest import Site
from tests.process.service_place import ServedSite
from tests.reliability.figures import record

if TYPE_CHECKING:
    from qsfilter.filter import Filter

FULL = os.environ.get("QSFILTER_SOAK") == "1"
VARIANTS = 60 if FULL else 6
BODY, FIELD, CONTENT = b"kumquatbody", b"kumquatfield", b"kumquatcontent"
WORDS = (BODY, FIELD, CONTENT)
FIELDS = {
    "X-Secret": FIELD.decode(),
    "Comments": f"{FIELD.decode()} (",
    "Received": f"from there.example ([192.0.2.1]) for {FIELD.decode()}",
}
PLUGINS = """
[plugins.yara]
[plugins.attachments]
[plugins.headers]
rules = [{ field = "X-Secret", pattern = ".*7.*" }]
[plugins.magic]
[plugins.libarchive]
[plugins.macros]
[plugins.pdf]
[plugins.tnef]
[plugins.silent]
"""
KEEPING = """
[metrics]
[plugins.legacylog]
quarantine_log = "{folder}/quarantine.log"
mailstats = "{folder}/mailstats.csv"
[plugins.copyto]
to = ["look@example.com"]
[plugins.notify]
admin = "postmaster@example.com"
tokens = ["all"]
local_domains = ["example.com", "example.org"]
"""
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
TEXT = CONTENT * 40
CONTENTS = {
    "text": TEXT,
    "zip": zip_of({"x.exe": TEXT, "y.txt": eicar() + TEXT}),
    "stored": zip_file(member(b"x.com", TEXT)),
    "tar": tar_file(tar_member(b"x.exe", TEXT)),
    "gzip": gzip.compress(TEXT, mtime=0),
    "7z": seven_zip("x.exe", TEXT),
    "cab": cabinet(b"x.exe", TEXT),
    "pdf": pdf(b"<< /Type /Catalog /OpenAction (" + TEXT + b") >>", b"(" + TEXT + b")"),
    "ole": compound({"Macros/VBA/dir": TEXT, "WordDocument": TEXT}),
    "tnef": tnef(tnef_attachment(b"x.exe", TEXT)),
    "rtf": b"{\\rtf1 " + TEXT + b"{\\object " + TEXT.hex().encode() + b"}}",
    "uuencode": b"begin 644 x.exe\n" + TEXT[:60] + b"\n`\nend\n",
    "html": b"<html><script>" + TEXT + b'</script><a href="data:text/plain;base64,' + TEXT + b'">',
    "mail": message(TEXT, subject=FIELD.decode(), fields=FIELDS),
    "eicar": eicar() + TEXT,
}
KINDS = ("application/octet-stream", "text/plain", "message/rfc822", "multipart/mixed", "application/pgp-encrypted")


def mails() -> list[bytes]:
    """Return messages with each of the contents, under several types and codings, whole and broken."""
    found = []
    for number, content in enumerate(CONTENTS.values()):
        kind = KINDS[number % len(KINDS)]
        parts = [part(BODY + b"\n"), attachment(content, "a.bin", kind)]
        parts.append(part(content, kind, fields={"Content-Transfer-Encoding": "x-unknown"}))
        parts.append(part(BODY + b"=ZZ=\n" + content, fields={"Content-Transfer-Encoding": "quoted-printable"}))
        parts.append(part(message(content, subject=FIELD.decode(), fields=FIELDS), "message/rfc822"))
        found.append(message(*parts, subject=FIELD.decode(), fields=FIELDS))
    chance = random.Random(1)  # noqa: S311 - the same each time
    for raw in found[:]:
        for _ in range(VARIANTS):
            changed = bytearray(raw)
            for _ in range(chance.choice((1, 5, 40))):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            found.append(bytes(changed[: chance.choice((len(changed), chance.randrange(len(changed))))]))
    return found


def leaks(told: bytes | str, *allowed: bytes) -> list[str]:
    """Return those of WORDS that stand in TOLD and are not ALLOWED there, also where they are cut or coded."""
    data = told.encode() if isinstance(told, str) else told
    plain = data.replace(b"\0", b"").lower()
    return [word.decode() for word in WORDS if word not in allowed and (word in plain or word[-8:] in plain)]


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Filter:
    """A filter with all plugins that look into contents."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "qsfilter.toml").write_text(
        f'[quarantine]\npath = "{folder}/spool/quarantine"\n[deliver]\nmaildir = "{folder}/Maildir"\n{PLUGINS}'
    )
    found = load(str(folder / "qsfilter.toml"))
    found.start()
    return found


def test_nothing_that_is_told_of_a_message_has_a_word_of_it(chosen: Filter) -> None:
    kinds: set[str] = set()
    raws, kept_back = mails(), 0
    for raw in raws:
        report = chosen.examine(raw, ENVELOPE, Client(ip="192.0.2.1"))
        kinds |= {str(found) for found in report.findings}
        # What is broken makes some readers take anything for a name.
        names = "".join(name.text for one in report.message.parts for name in one.names)
        named = [word.encode() for word in leaks(names)]
        lines = head(report, raw).lines.removesuffix(raw)
        for told in (log_line(report), json_line(report), report.decision.reply, lines, json.dumps(as_dict(report))):
            assert leaks(told, *named) == []
        kept_back += not named
    assert kept_back > len(raws) * 0.9, "the messages are no trial"
    assert len(kinds) > 20, "the messages are no trial"
    record("secrecy.told", messages=len(raws), kinds=len(kinds), leaks=0)


COPIES = ("/qmail/queue/", "/new/", "/cur/", "/tmp/")
"""Where mail lies, and copies of it."""


@pytest.mark.parametrize("served", [True, False], ids=["service", "wrapper"])
def test_nothing_that_is_written_has_a_word_of_a_message(tmp_path: Path, served: bool) -> None:
    """Of notices and of the logs of Qmail-Scanner, their pages say that they have fields of the header."""
    site = ServedSite(tmp_path) if served else Site(tmp_path)
    site.configure(PLUGINS + KEEPING.format(folder=tmp_path), deliver='reply = "notqmail"')
    raws = [message(BODY + b"\n", subject=FIELD.decode(), fields=FIELDS), *mails()[: len(CONTENTS)]]
    codes = set()
    with site.service() if isinstance(site, ServedSite) else nullcontext():
        for raw in raws if served or FULL else [*raws[:4], raws[-1]]:
            answer = site.call(raw, reply_descriptor=6)
            codes.add(answer.code)
            assert leaks(answer.log) == []
            assert leaks(answer.reply) == []
    assert codes == {0, 82}, "the messages are no trial"
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    told = [path for path in written if not any(copies in str(path) for copies in COPIES)]
    for path in told:
        legacy = path.name in {"quarantine.log", "mailstats.csv"}
        assert leaks(path.read_bytes(), *([FIELD] if legacy else [])) == [], path
    notices = [path for path in written if "/outbox/new/" in str(path) and not path.name.startswith("copyto.")]
    assert notices
    for path in notices:
        assert leaks(path.read_bytes(), FIELD) == [], path
    for queued in site.queue.queued:
        (raw,) = [one for one in raws if queued.message.endswith(one)]
        assert leaks(queued.message.removesuffix(raw)) == []
    record("secrecy.written", files=len(told) + len(notices), leaks=0)


CLUMSY = """\
from qsfilter.actions import Action
from qsfilter.registry import Entry

@plugin
class Clumsy:
    '''Fails with the message in its words.'''

    @hookimpl
    def scan(self, message, ctx):
        raise ValueError(bytes(message.root.blob.data))
"""


@pytest.mark.parametrize("on_error", ["accept", "reject", "defer"])
def test_what_a_plugin_fails_with_is_for_the_log_alone(tmp_path: Path, on_error: str) -> None:
    """Its words are what its author needs, and may be anything; nobody outside and no reader of the mail sees them."""
    site = Site(tmp_path)
    entry = f"Entry(name='clumsy', plugin=Clumsy(), on_error=Action.{on_error.upper()})"
    program = site.own_wrapper(CLUMSY, entry)
    text = Path(program).read_text().replace("quarantine=", "reply='notqmail', quarantine=")
    Path(program).write_text(text)
    raw = message(BODY + b"\n", subject=FIELD.decode())
    answer = site.call(raw, program=program, reply_descriptor=6)
    assert leaks(answer.log), "it is no trial"
    assert leaks(answer.reply) == []
    assert bool(answer.reply) is (on_error != "accept")
    for queued in site.queue.queued:
        assert leaks(queued.message.removesuffix(raw)) == []
    assert bool(site.queue.queued) is (on_error == "accept")
