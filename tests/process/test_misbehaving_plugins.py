"""Whatever a plugin does, no mail passes as clean that was not checked, none is lost, and the log says who did it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from qsfilter.testing.caller import Answer
    from tests.process.conftest import Site

TEMPORARY = {1, 51, 52, 53, 71, 81, 91}
"""Exit codes that make the sender try again: those of qmail.c, and 1, with which a process that hangs is ended."""

HOOKS = {
    "start": "def start(self):",
    "about": "def about(self):",
    "parse": "def parse(self, part, ctx):",
    "unpack": "def unpack(self, part, ctx):",
    "scan": "def scan(self, message, ctx):",
    "decide": "def decide(self, message, findings, ctx):",
    "deliver": "def deliver(self, message, decision, report, ctx):",
    "report": "def report(self, report, ctx):",
}
BAD = """
import ctypes, hashlib, itertools, os, re, signal, threading, time

def endless():
    while True:
        pass

def swallow():
    while True:
        try:
            time.sleep(0.01)
        except BaseException:
            pass

def stubborn():
    try:
        yield from ()
        while True:
            yield note("one more")
    except BaseException:
        while True:
            pass

def recurse():
    return recurse() + 1

def fill():
    kept = []
    while True:
        kept.append(bytes(1 << 20))

def fail(error):
    raise error

class Unprintable(Exception):
    def __str__(self):
        raise Unprintable

@plugin
class Bad:
    '''Misbehaves in one hook.'''

    @hookimpl
    {signature}
        {act}

def bad(timeout=60.0, **options):
    return Entry(name="bad", plugin=Bad(), timeout=timeout, **options)
"""


def call(
    site: Site,
    hook: str,
    act: str,
    *,
    raw: bytes = b"",
    timeout: float = 60,
    seconds: float = 20,
    more: str = "",
    limit: str = "",
) -> Answer:
    """Give RAW (a clean message) to a wrapper with a plugin that does ACT in HOOK; LIMIT is for ulimit."""
    source = BAD.format(signature=HOOKS[hook], act=act)
    program = site.own_wrapper(source, f"bad(timeout={timeout}){more}", seconds=seconds)
    command = ["/bin/sh", "-c", f'ulimit {limit} && exec "$0"', program] if limit else [program]
    return site.call(raw or site.clean, program=command)


def deferred(site: Site, answer: Answer, *words: str) -> bool:
    """Assert that ANSWER is a temporary failure, nothing is queued or kept, and one log line has all the WORDS."""
    assert answer.code in TEMPORARY, answer
    assert answer.text.startswith("Z")
    assert site.untouched
    assert said_once(answer.log, *words)
    return True


def said_once(log: str, *words: str) -> bool:
    """Assert that LOG is one line of ours, with all WORDS in it."""
    assert re.fullmatch(r"qsfilter: [^\n]+\n", log), log
    assert not [word for word in words if word not in log], log
    return True


# --- exceptions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hook", ["start", "scan", "decide", "deliver"])
@pytest.mark.parametrize(
    "error",
    [
        "ValueError('one\\ntwo')",
        "OSError(5, 'x')",
        "StopIteration()",
        "AssertionError()",
        "ExceptionGroup('g', [OSError()])",
    ],
)
def test_an_exception_makes_mail_wait(site: Site, hook: str, error: str) -> None:
    answer = call(site, hook, f"fail({error})")
    assert deferred(site, answer, "bad" if hook == "deliver" else "failure ")
    assert answer.code == 71


@pytest.mark.parametrize("hook", ["parse", "unpack"])
def test_an_exception_while_reading_is_content_that_cant_be_checked(site: Site, hook: str) -> None:
    """One honest but broken file must not be tried again for days: it is refused, and kept for who asks."""
    answer = call(site, hook, "fail(ValueError('odd bytes'))")
    assert answer.code == 31
    assert not site.queue.queued
    assert [kept.read_bytes() for kept in site.kept] == [site.clean]
    assert said_once(answer.log, "unscannable corrupt")


@pytest.mark.parametrize("hook", ["parse", "unpack"])
def test_a_failure_of_the_machine_while_reading_makes_mail_wait(site: Site, hook: str) -> None:
    assert deferred(site, call(site, hook, "fail(OSError(28, 'No space left on device'))"), "failure crash")


@pytest.mark.parametrize("hook", ["about", "report"])
@pytest.mark.parametrize("act", ["fail(ValueError())", "sys.exit(0)", "return 42", "return b'x'"])
def test_what_is_only_told_changes_nothing(site: Site, hook: str, act: str) -> None:
    answer = call(site, hook, act)
    assert answer.code == 0
    assert site.queued() == (site.clean, site.envelope_sent)
    assert said_once(answer.log, "action=accept")


@pytest.mark.parametrize("hook", ["start", "parse", "unpack", "scan", "decide", "deliver"])
@pytest.mark.parametrize("act", ["sys.exit(0)", "fail(GeneratorExit())"])
def test_no_plugin_ends_the_process_as_if_the_mail_were_taken(site: Site, hook: str, act: str) -> None:
    assert deferred(site, call(site, hook, act))


@pytest.mark.parametrize("hook", HOOKS)
def test_an_interrupt_queues_nothing(site: Site, hook: str) -> None:
    assert deferred(site, call(site, hook, "fail(KeyboardInterrupt)"))


@pytest.mark.parametrize("hook", ["start", "scan", "deliver"])
def test_an_exception_that_cant_be_printed_makes_mail_wait(site: Site, hook: str) -> None:
    assert deferred(site, call(site, hook, "fail(Unprintable())"))


def test_what_was_found_before_an_exception_stays(site: Site) -> None:
    answer = call(site, "scan", "yield malware('Test', message.root); fail(ValueError())")
    assert answer.code == 0
    assert not site.queue.queued
    assert [kept.read_bytes() for kept in site.kept] == [site.clean]
    assert said_once(answer.log, "malware Test", "failure crash")


@pytest.mark.parametrize("act", ["fail(ValueError())", "sys.exit(0)", "endless()", "return 42"])
def test_what_others_found_stays(site: Site, act: str) -> None:
    """The plugin that fails is asked first, and once more last."""
    more = ", Yara(), Entry(name='again', plugin=Bad(), timeout=0.2)"
    source = BAD.format(signature=HOOKS["scan"], act=act) + "\nfrom qsfilter_yara import Yara\n"
    program = site.own_wrapper(source, f"bad(timeout=0.2){more}")
    answer = site.call(site.infected, program=program)
    assert answer.code == 0
    assert [kept.read_bytes() for kept in site.kept] == [site.infected]
    assert said_once(answer.log, "EICAR-Test-File", "failure ")


# --- answers ----------------------------------------------------------------------------------------------------------

NONSENSE = {
    "number": "return 42",
    "true": "return True",
    "text": "return 'clean'",
    "octets": "return b'clean'",
    "list of texts": "return ['clean']",
    "list of lists": "return [[note('x')]]",
    "generator of numbers": "yield 42",
    "a class": "return Finding",
    "an exception": "return ValueError('x')",
    "a part": "return message.root",
    "a verdict": "return accept()",
    "kind as text": "yield Finding(kind='malware', name='x')",
    "name as octets": "yield Finding(kind=Kind.MALWARE, name=b'x')",
    "detail as number": "yield Finding(kind=Kind.NOTE, name='x', detail=5)",
    "no name": "yield Finding(kind=Kind.NOTE)",
    "part that can't be compared": "yield Finding(kind=Kind.NOTE, name='x', part=[])",
    "without an end": "return map(note, itertools.repeat('x'))",
}


@pytest.mark.parametrize("act", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_makes_mail_wait(site: Site, act: str) -> None:
    assert deferred(site, call(site, "scan", act))


@pytest.mark.parametrize(
    "act",
    ["return 'reject'", "return [1]", "yield note('x')", "return Verdict(action='reject')", "return Verdict(action=4)"],
)
def test_a_vote_that_is_none_makes_mail_wait(site: Site, act: str) -> None:
    assert deferred(site, call(site, "decide", act), "failure ")


@pytest.mark.parametrize(
    "act",
    [
        "return Verdict(action=Action.ACCEPT, recipients=42)",
        "return Verdict(action=Action.ACCEPT, edits=('Subject: x',))",
        "return Verdict(action=Action.ACCEPT, edits=(Edit(what='add', field='X-Text', value='x'),))",
        "return Waiver(finding=None, reason='')",
    ],
)
def test_a_vote_with_wrong_fields_makes_mail_wait(site: Site, act: str) -> None:
    assert deferred(site, call(site, "decide", act))


def test_a_keeper_that_lies_about_its_type_makes_mail_wait(site: Site) -> None:
    for act in ("return True", "return [message]", "return Kept(what='quarantine', where='', recipients=42)"):
        assert deferred(site, call(site, "deliver", act))


def test_no_answer_is_no_opinion(site: Site) -> None:
    for hook in HOOKS:
        assert call(site, hook, "return None").code == 0
    assert call(site, "scan", "return ()").code == 0
    assert len(site.queue.queued) == len(HOOKS) + 1


# --- time -------------------------------------------------------------------------------------------------------------

HANGS = {
    "in a loop": "endless()",
    "asleep": "time.sleep(600)",
    "in a regular expression": "re.match('(a+)+$', 'a' * 64 + 'b')",
    "in C that a signal ends": "ctypes.CDLL(None).pause()",
    "in a lock": "[lock.acquire() for lock in [threading.Lock()] * 2]",
    "after an answer": "yield note('x'); endless()",
}


@pytest.mark.parametrize("act", HANGS.values(), ids=HANGS)
@pytest.mark.parametrize("hook", ["parse", "scan", "deliver"])
def test_a_plugin_that_hangs_makes_mail_wait(site: Site, hook: str, act: str) -> None:
    if hook == "deliver" and "note" in act:
        act = "endless()"
    answer = call(site, hook, act, timeout=0.2)
    assert deferred(site, answer, "bad" if hook == "deliver" else "failure timeout")
    assert answer.seconds < 10


def test_a_notice_that_hangs_is_left_undone(site: Site) -> None:
    answer = call(site, "report", "endless()", timeout=0.2)
    assert answer.code == 0
    assert site.queued() == (site.clean, site.envelope_sent)
    assert answer.seconds < 10


@pytest.mark.parametrize("hook", ["start", "about"])
def test_a_plugin_that_hangs_at_the_start_makes_mail_wait(site: Site, hook: str) -> None:
    answer = call(site, hook, "endless()", seconds=1)
    assert deferred(site, answer, "time")
    assert answer.seconds < 10


def test_a_message_has_its_time_and_no_more(site: Site) -> None:
    """Each plugin may take 60 s; all of them together have what the limits say."""
    answer = call(site, "scan", "time.sleep(600)", seconds=1, more=", Entry(name='next', plugin=Bad())")
    assert deferred(site, answer, "failure timeout")
    assert answer.seconds < 10


NEVER_BACK = {
    "swallows every exception": "swallow()",
    "swallows the end of its generator": "return stubborn()",
    "in C, with the interpreter's lock": "all(itertools.repeat(True))",
    "in C, without it": "hashlib.pbkdf2_hmac('sha256', b'', b'', 2**31 - 1)",
    "with signals blocked": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32)); time.sleep(600)",
    "with the timer stopped": "signal.setitimer(signal.ITIMER_REAL, 0); time.sleep(600)",
    "with another handler": "signal.signal(signal.SIGALRM, print); endless()",
}


@pytest.mark.parametrize("act", NEVER_BACK.values(), ids=NEVER_BACK)
def test_a_plugin_that_can_only_be_killed_makes_mail_wait(site: Site, act: str) -> None:
    answer = call(site, "scan", act, timeout=0.2, seconds=1)
    assert answer.code in TEMPORARY
    assert answer.text.startswith("Z")
    assert site.untouched
    assert answer.seconds < 10
    assert "in scan" in answer.log or "stubborn" in answer.log or "failure" in answer.log, answer.log


def test_a_plugin_that_hangs_before_it_is_made_makes_mail_wait(site: Site) -> None:
    """Importing a plugin, or reading the site's rules, is code of others too."""
    (site.folder / "hanging_plugin.py").write_text("import itertools\nall(itertools.repeat(True))\n")
    site.configure('[plugins.hanging]\nuse = "hanging_plugin:Bad"\n')
    source = (
        f"sys.path.insert(0, {str(site.folder)!r})\n"
        "from qsfilter.queue import wrapper\n"
        "wrapper.Limits = lambda: Limits(seconds=1)\n"
        "wrapper.GRACE_SECONDS = 0.5\n"
        "sys.exit(main())\n"
    )
    answer = site.call(site.clean, program=site.own_wrapper(source, ""))
    assert answer.code in TEMPORARY
    assert site.untouched
    assert answer.seconds < 10
    assert "hanging_plugin" in answer.log


# --- memory and stack -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hook", ["parse", "scan", "decide", "deliver"])
def test_a_plugin_that_takes_all_memory_makes_mail_wait(site: Site, hook: str) -> None:
    answer = call(site, hook, "fill()", limit="-v 400000")
    assert deferred(site, answer)


@pytest.mark.parametrize("hook", ["unpack", "scan"])
def test_memory_is_bounded_where_the_caller_has_not_bounded_it(site: Site, hook: str) -> None:
    """By a soft limit of our own, which the queue program never sees (test_environment.py)."""
    source = BAD.format(signature=HOOKS[hook], act="fill()")
    source += "\nimport resource\nfrom qsfilter.queue import wrapper\n"
    source += "assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY\n"
    answer = site.call(site.clean, program=site.own_wrapper(source, "bad()", memory_bytes=400_000_000))
    assert deferred(site, answer, "failure memory")


@pytest.mark.parametrize("hook", ["start", "unpack", "scan", "decide"])
@pytest.mark.parametrize("crash", ["ctypes.string_at(0)", "os.abort()", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_a_library_that_crashes_makes_mail_wait(site: Site, hook: str, crash: str) -> None:
    """Nobody is left to write a log line; the caller sees a process that was ended by a signal."""
    answer = call(site, hook, crash)
    assert answer.text.startswith("Z")
    assert answer.code != 0
    assert site.untouched


@pytest.mark.parametrize("hook", ["start", "scan", "decide", "deliver"])
def test_a_plugin_that_recurses_for_ever_makes_mail_wait(site: Site, hook: str) -> None:
    assert deferred(site, call(site, hook, "recurse()"))


def test_memory_that_is_too_small_for_us_makes_mail_wait(site: Site) -> None:
    big = site.clean + b"x\n" * 10_000_000
    answer = site.call(big, program=["/bin/sh", "-c", 'ulimit -v 60000 && exec "$0"', site.wrapper])
    assert answer.code != 0
    assert answer.text.startswith("Z")
    assert site.untouched


# --- descriptors and processes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hook", "raw"), [("start", "clean"), ("scan", "clean"), ("scan", "infected"), ("report", "clean")]
)
@pytest.mark.parametrize(
    "act",
    [
        "os.close(2)",
        "os.close(1)",
        "os.close(0)",
        "os.closerange(0, 3)",
        "os.dup2(os.open('/dev/null', os.O_RDWR), 2)",
        "os.close(2); sys.stdout.write('x'); sys.stderr.write('x')",
        "print('x' * 100000); os.close(1)",
    ],
)
def test_a_plugin_that_closes_what_is_not_its_own_changes_nothing(site: Site, hook: str, act: str, raw: str) -> None:
    guarded = f"\n        try:\n            {act}\n        except (OSError, AttributeError):\n            pass"
    source = BAD.format(signature=HOOKS[hook], act=guarded) + "\nfrom qsfilter_yara import Yara\n"
    sent = getattr(site, raw)
    answer = site.call(sent, program=site.own_wrapper(source, "bad(), Yara()"))
    assert answer.code == 0, answer
    assert f"action={'accept' if raw == 'clean' else 'quarantine'}" in answer.log
    if raw == "clean":
        assert site.queued() == (sent, site.envelope_sent)
        assert site.queue.states[0]["descriptors"] == [0, 1, 2]
    else:
        assert [kept.read_bytes() for kept in site.kept] == [sent]


@pytest.mark.parametrize("hook", ["start", "scan", "report"])
@pytest.mark.parametrize(
    "act",
    [
        "os.closerange(0, 100)",
        "os.closerange(3, 100)",
        # In their places now: files that somebody could take for the message.
        "os.closerange(3, 100); self.__dict__['x'] = [open('/etc/passwd', 'rb') for _ in range(20)]",
        "os.closerange(0, 100); self.__dict__['x'] = [open('/etc/passwd', 'rb') for _ in range(20)]",
        "for n in range(3, 100): os.dup2(os.open('/etc/passwd', os.O_RDONLY), n)",
    ],
)
def test_a_plugin_that_closes_our_files_cant_change_the_message(site: Site, hook: str, act: str) -> None:
    answer = call(site, hook, act)
    assert answer.code in {*TEMPORARY, 120}, answer
    assert site.untouched


def test_what_a_plugin_prints_is_logged_and_nothing_else(site: Site) -> None:
    act = "print('printed', flush=True); print('printed too', file=sys.stderr); os.write(1, b'written\\n')"
    answer = call(site, "scan", act)
    assert answer.code == 0
    assert site.queued() == (site.clean, site.envelope_sent)
    assert {"printed", "printed too", "written"} <= set(answer.log.splitlines())


def test_what_a_plugin_prints_does_not_fail_kept_mail(site: Site) -> None:
    """Python writes what is left of its output when it ends, and would turn a failure of that into exit code 120."""
    source = BAD.format(signature=HOOKS["scan"], act="print('x' * 100); yield malware('Test', message.root)")
    program = site.own_wrapper(source, "bad()")
    answer = site.call(site.clean, program=["/bin/sh", "-c", 'exec "$0" 2>/dev/full', program])
    assert answer.code == 0
    assert len(site.kept) == 1


@pytest.mark.parametrize("raw", ["clean", "infected"])
@pytest.mark.parametrize("hook", ["start", "parse", "scan", "deliver", "report"])
def test_a_plugin_whose_child_process_comes_back_does_not_double_the_mail(site: Site, hook: str, raw: str) -> None:
    source = BAD.format(signature=HOOKS[hook], act="os.fork()") + "\nfrom qsfilter_yara import Yara\n"
    answer = site.call(getattr(site, raw), program=site.own_wrapper(source, "bad(), Yara()"))
    assert answer.code == 0
    assert (len(site.queue.queued), len(site.kept)) == ((1, 0) if raw == "clean" else (0, 1))


@pytest.mark.parametrize("hook", ["start", "parse", "scan"])
def test_a_child_process_that_comes_back_does_not_fill_a_maildir(site: Site, hook: str) -> None:
    folder = site.folder / "Maildir"
    source = BAD.format(signature=HOOKS[hook], act="os.fork()")
    source += f"\nsys.exit(main(Filter(bad(), transport=Maildir(path={str(folder)!r}))))\n"
    assert site.call(site.clean, program=site.own_wrapper(source, "")).code == 0
    assert len(list((folder / "new").iterdir())) == 1


@pytest.mark.parametrize("raw", ["clean", "infected"])
@pytest.mark.parametrize(
    "act",
    [
        "threading.Thread(target=time.sleep, args=(4,)).start()",
        "threading.Thread(target=endless, daemon=True).start()",
        "__import__('multiprocessing').get_context('fork').Process(target=time.sleep, args=(4,)).start()",
        "__import__('atexit').register(time.sleep, 4)",
        "__import__('concurrent.futures').futures.ThreadPoolExecutor().submit(time.sleep, 4)",
    ],
    ids=["thread", "busy thread", "process", "exit handler", "pool"],
)
def test_what_a_plugin_leaves_running_does_not_hold_up_the_answer(site: Site, act: str, raw: str) -> None:
    source = BAD.format(signature=HOOKS["scan"], act=act) + "\nfrom qsfilter_yara import Yara\n"
    answer = site.call(getattr(site, raw), program=site.own_wrapper(source, "bad(), Yara()"))
    assert answer.code == 0
    assert answer.seconds < 3
    assert (len(site.queue.queued), len(site.kept)) == ((1, 0) if raw == "clean" else (0, 1))


def test_a_plugin_that_ignores_its_children_does_not_change_the_queue_programs_signals(site: Site) -> None:
    assert call(site, "scan", "signal.signal(signal.SIGCHLD, signal.SIG_IGN)").code == 0
    assert call(site, "report", "signal.signal(signal.SIGHUP, signal.SIG_IGN)").code == 0
    signals = {state["ignored"] for state in site.queue.states}
    assert len(signals) == 1


# --- plugins that can't be asked --------------------------------------------------------------------------------------

SIGNATURES = {
    "an argument that no hook has": ("    @hookimpl\n    def scan(self, message, nonsense): ...", "nonsense"),
    "an argument of another hook": ("    @hookimpl\n    def scan(self, message, decision): ...", "decision"),
    "keyword-only": ("    @hookimpl\n    def scan(self, message, *, ctx): ...", "keyword-only"),
    "keyword-only with a default": ("    @hookimpl\n    def scan(self, *, ctx=None): ...", "keyword-only"),
    "a default": ("    @hookimpl\n    def scan(self, message, ctx=None): ...", "default"),
    "misspelt": ("    @hookimpl\n    def scann(self, message): ...", "no such hook"),
    "not marked": ("    def scan(self, message, ctx): ...", "@hookimpl"),
    "first": ("    @hookimpl(tryfirst=True)\n    def scan(self, message): ...", "tryfirst"),
    "last": ("    @hookimpl(trylast=True)\n    def scan(self, message): ...", "trylast"),
    "wrapper": ("    @hookimpl(wrapper=True)\n    def scan(self, message):\n        yield", "wrapper"),
}


@pytest.mark.parametrize(("hook", "word"), SIGNATURES.values(), ids=SIGNATURES)
def test_a_plugin_that_would_not_be_asked_is_refused(site: Site, hook: str, word: str) -> None:
    """Named in a configuration or handed to a Filter: mail waits either way."""
    source = f"@plugin\nclass Bad:\n    '''Would not be asked.'''\n\n{hook}\n"
    (site.folder / "bad_plugin.py").write_text(f"from qsfilter import hookimpl, plugin\n\n{source}")
    site.configure('[plugins.bad]\nuse = "bad_plugin:Bad"\n')
    program = site.own_wrapper(f"sys.path.insert(0, {str(site.folder)!r})\nsys.exit(main())", "")
    answer = site.call(site.clean, program=program)
    assert answer.code == 55
    assert said_once(answer.log, "plugin bad", word)
    answer = site.call(site.clean, program=site.own_wrapper(source, "Bad()"))
    assert answer.code == 1
    assert word in answer.log
    assert site.untouched


IMPORTS = {
    "fails": "raise ValueError('at import')",
    "needs what is not there": "import no_such_module",
    "is no Python": "def (",
    "ends the process": "raise SystemExit(0)",
    "has no plugin": "",
    "has something else": "Bad = 42",
    "has a class that is no plugin": "class Bad: ...",
    "has a plugin that can't be made": (
        "from qsfilter import plugin\n@plugin\nclass Bad:\n    def __post_init__(self):\n        raise ValueError"
    ),
}


@pytest.mark.parametrize("source", IMPORTS.values(), ids=IMPORTS)
def test_a_module_that_cant_be_imported_makes_mail_wait(site: Site, source: str) -> None:
    (site.folder / "bad_plugin.py").write_text(source)
    site.configure('[plugins.bad]\nuse = "bad_plugin:Bad"\n')
    program = site.own_wrapper(f"sys.path.insert(0, {str(site.folder)!r})\nsys.exit(main())", "")
    answer = site.call(site.clean, program=program)
    assert answer.code in {55, 81}
    assert site.untouched
    assert said_once(answer.log)
