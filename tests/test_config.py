"""The configuration: every key is checked, and a mistake names file, table, key and the nearest right one."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from qsfilter import config, edge
from qsfilter.actions import DEFAULT_ACTIONS, UNSCANNABLE_NAMES, Action, Kind
from qsfilter.builtin.quarantine import Quarantine
from qsfilter.errors import ConfigError, PluginError
from qsfilter.limits import Limits
from qsfilter.model import Envelope
from qsfilter.testing import attachment, eicar, examine, message, part
from qsfilter.transport import Maildir, QmailQueue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qsfilter import Filter
    from qsfilter.registry import Entry

KEEPER = 'use = "qsfilter.builtin.quarantine:Quarantine"\npath = "/tmp/x"\n'
"""The options of a plugin that is always there."""


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], Filter]:
    """Read a configuration that is given as text."""

    def read(text: str) -> Filter:
        (tmp_path / "qsfilter.toml").write_text(text)
        return config.load(str(tmp_path / "qsfilter.toml"))

    return read


@pytest.fixture
def refused(load: Callable[[str], Filter], tmp_path: Path) -> Callable[[str], str]:
    """Return the error for a configuration, without the path of its file in front."""

    def read(text: str) -> str:
        with pytest.raises(ConfigError) as caught:
            load(text)
        said = str(caught.value)
        assert said.startswith(f"{tmp_path}/qsfilter.toml: ")
        return said.removeprefix(f"{tmp_path}/qsfilter.toml: ")

    return read


def entry(chosen: Filter, name: str) -> Entry:
    """Return the plugin NAME of CHOSEN."""
    return next(one for one in chosen.setup.registry.entries if one.name == name)


# --- the file -------------------------------------------------------------------------------------------------------


def test_an_empty_configuration_has_the_defaults(load: Callable[[str], Filter]) -> None:
    """Only where mail goes is not said."""
    chosen = load("")
    assert chosen.transport is None
    assert (chosen.limits, chosen.reply) == (Limits(), "plain")
    assert chosen.setup.policy.actions == DEFAULT_ACTIONS
    assert [one.name for one in chosen.setup.registry.entries] == [
        "mime-reader",
        "zip-unpacker",
        "tar-unpacker",
        "stream-unpacker",
        "quarantine",
    ]


def test_the_digest_is_that_of_the_file(load: Callable[[str], Filter]) -> None:
    """Copies in quarantine say by which configuration they were judged."""
    assert load("# nothing\n").setup.config == hashlib.sha256(b"# nothing\n").hexdigest()


def test_the_path_that_is_given_counts_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the environment."""
    (tmp_path / "given.toml").write_text('[deliver]\nmaildir = "/given"\n')
    monkeypatch.setenv("QSFILTER_CONFIG", str(tmp_path / "other.toml"))
    assert config.load(str(tmp_path / "given.toml")).transport == Maildir(path="/given")


def test_the_environment_counts_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the usual place."""
    (tmp_path / "named.toml").write_text('[deliver]\nmaildir = "/named"\n')
    monkeypatch.setenv("QSFILTER_CONFIG", str(tmp_path / "named.toml"))
    monkeypatch.setattr(edge, "DEFAULT_PATH", str(tmp_path / "other.toml"))
    assert config.load().transport == Maildir(path="/named")


def test_the_usual_place_counts_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing else is said."""
    (tmp_path / "usual.toml").write_text('[deliver]\nmaildir = "/usual"\n')
    monkeypatch.delenv("QSFILTER_CONFIG", raising=False)
    monkeypatch.setattr(edge, "DEFAULT_PATH", str(tmp_path / "usual.toml"))
    assert config.load().transport == Maildir(path="/usual")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """There is no filter without a configuration, so mail waits."""
    with pytest.raises(ConfigError, match=r"none\.toml: No such file or directory$") as caught:
        config.load(str(tmp_path / "none.toml"))
    assert caught.value.exit == 55


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """With the system's words."""
    with pytest.raises(ConfigError, match="Is a directory"):
        config.load(str(tmp_path))


@pytest.mark.parametrize("text", ["[deliver", "a = ", "x"])
def test_what_is_no_toml_is_refused(refused: Callable[[str], str], text: str) -> None:
    """With the line that is wrong."""
    assert "line 2" in refused(f"# a comment\n{text}\nb = 1\n")


def test_a_file_in_another_coding_is_refused(tmp_path: Path) -> None:
    """TOML is UTF-8."""
    (tmp_path / "x.toml").write_bytes(b'a = "\xff"')
    with pytest.raises(ConfigError, match="can't decode"):
        config.load(str(tmp_path / "x.toml"))


# --- tables ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[delivery]", "unknown key 'delivery'; did you mean 'deliver'?"),
        ("relay = []", "unknown key 'relay'; did you mean 'relays'?"),
        ("[plugin.x]", "unknown key 'plugin'; did you mean 'plugins'?"),
        ("deliver = 1", "deliver: takes dict, not int"),
        ("[[limits]]", "limits: takes dict, not list"),
        ("[plugins]\nx = 1", "plugins: x: takes dict, not int"),
        ('[deliver]\nqmailqueue = "/x"', "deliver: unknown key 'qmailqueue'; did you mean 'qmail_queue'?"),
        ('[quarantine]\npaths = "/x"', "quarantine: unknown key 'paths'; did you mean 'path'?"),
        ("[rules]\nfile = []", "rules: unknown key 'file'; did you mean 'files'?"),
        ("[limits]\ndeep = 1", "limits: unknown key 'deep'; did you mean 'depth'?"),
        ('[actions]\nmalwares = "accept"', "actions: unknown key 'malwares'; did you mean 'malware'?"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest(refused: Callable[[str], str], text: str, error: str) -> None:
    """In every table."""
    assert refused(text) == error


def test_an_unknown_key_without_a_near_one_is_refused_with_all(refused: Callable[[str], str]) -> None:
    """So that the right one can be chosen."""
    known = "allow, keep_days, max_bytes, min_days, min_free_bytes, path"
    assert refused("[quarantine]\nzzz = 1") == f"quarantine: unknown key 'zzz'; known are {known}"


# --- relays ---------------------------------------------------------------------------------------------------------


def test_relays_are_a_list_of_addresses(load: Callable[[str], Filter]) -> None:
    """A reject towards them becomes a quarantine."""
    assert load('relays = ["192.0.2.25", "2001:db8::1"]').setup.policy.relays == {"192.0.2.25", "2001:db8::1"}


@pytest.mark.parametrize(
    ("value", "error"),
    [('"192.0.2.25"', "relays: takes a list of str, not str"), ("[1]", "relays[0]: takes str, not int")],
)
def test_wrong_relays_are_refused(refused: Callable[[str], str], value: str, error: str) -> None:
    """With the place in the list."""
    assert refused(f"relays = {value}") == error


# --- deliver --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "program"),
    [('"/bin/q"', ("/bin/q",)), ('["/bin/q"]', ("/bin/q",)), ('["/bin/q", "-a", "b c"]', ("/bin/q", "-a", "b c"))],
)
def test_a_queue_program_is_a_list_of_arguments(
    load: Callable[[str], Filter], value: str, program: tuple[str, ...]
) -> None:
    """A string is a list of one; nothing is split at blanks."""
    assert load(f"[deliver]\nqmail_queue = {value}").transport == QmailQueue(program=program)


@pytest.mark.parametrize("value", ['"qmail-queue"', "[]", '""', '["bin/q"]', '[""]'])
def test_a_queue_program_without_an_absolute_path_is_refused(refused: Callable[[str], str], value: str) -> None:
    """It must not depend on where mail runs."""
    error = "deliver.qmail_queue: takes an absolute path, with arguments behind it in a list"
    assert refused(f"[deliver]\nqmail_queue = {value}") == error


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("qmail_queue = 1", "deliver.qmail_queue: takes a list of str, not int"),
        ('qmail_queue = ["/q", 1]', "deliver.qmail_queue[1]: takes str, not int"),
        ('maildir = ["/m"]', "deliver.maildir: takes str, not list"),
        ('maildir = "/m"\nqmail_queue = "/q"', "deliver: set qmail_queue or maildir, not both"),
        (
            'reply = "qmail"',
            "deliver.reply: takes one of plain, notqmail, curti, sagredo, indimail, not 'qmail'",
        ),
        ("reply = 82", "deliver.reply: takes one of plain, notqmail, curti, sagredo, indimail, not 82"),
    ],
)
def test_a_wrong_delivery_is_refused(refused: Callable[[str], str], text: str, error: str) -> None:
    """Each key by its name."""
    assert refused(f"[deliver]\n{text}") == error


def test_mail_can_go_to_a_maildir(load: Callable[[str], Filter]) -> None:
    """For small sites."""
    assert load('[deliver]\nmaildir = "/some/Maildir"').transport == Maildir(path="/some/Maildir")


@pytest.mark.parametrize("reply", edge.REPLIES)
def test_every_dialect_can_be_chosen(load: Callable[[str], Filter], reply: str) -> None:
    """And the queue wrapper knows it."""
    from qsfilter.queue.contract import DIALECTS

    assert load(f'[deliver]\nreply = "{reply}"').reply == reply
    assert reply in DIALECTS


# --- quarantine, rules ----------------------------------------------------------------------------------------------


def test_the_quarantine_has_a_path(load: Callable[[str], Filter]) -> None:
    """The built-in keeper writes there."""
    keeper = entry(load('[quarantine]\npath = "/var/q"'), "quarantine").plugin
    assert isinstance(keeper, Quarantine)
    assert keeper.path == "/var/q"


def test_a_wrong_path_is_refused(refused: Callable[[str], str]) -> None:
    """By its key."""
    assert refused("[quarantine]\npath = 1") == "quarantine.path: takes str, not int"


def test_rules_are_loaded(load: Callable[[str], Filter], tmp_path: Path) -> None:
    """Each file of the list."""
    (tmp_path / "rules.py").write_text("from qsfilter import *\n@rule('mine')\ndef _(): pass\n")
    assert entry(load(f'[rules]\nfiles = ["{tmp_path}/rules.py"]'), "rule:mine").rule.startswith(str(tmp_path))


def test_rules_that_are_no_list_are_refused(refused: Callable[[str], str]) -> None:
    """By its key."""
    assert refused('[rules]\nfiles = "/x"') == "rules.files: takes a list of str, not str"


def test_a_rules_file_that_is_not_there_is_refused(load: Callable[[str], Filter]) -> None:
    """By its path."""
    with pytest.raises(ConfigError, match=r"rules /nowhere/rules\.py: No such file"):
        load('[rules]\nfiles = ["/nowhere/rules.py"]')


# --- actions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_can_have_every_action(load: Callable[[str], Filter], kind: Kind, action: Action) -> None:
    """The others keep their defaults."""
    actions = load(f'[actions]\n{kind} = "{action}"').setup.policy.actions
    assert dict(actions) == {**DEFAULT_ACTIONS, str(kind): (action, False)}


def test_an_action_can_keep_a_copy(load: Callable[[str], Filter]) -> None:
    """In a table of its own."""
    actions = load('[actions]\nspam = { action = "reject", keep = true }').setup.policy.actions
    assert actions["spam"] == (Action.REJECT, True)


def test_a_copy_is_kept_where_that_is_said_only(load: Callable[[str], Filter]) -> None:
    """Also in a table."""
    assert load('[actions]\npolicy = { action = "reject" }').setup.policy.actions["policy"] == (Action.REJECT, False)


def test_a_finding_can_have_an_action_of_its_own(load: Callable[[str], Filter]) -> None:
    """By kind and name; a name may hold dots."""
    actions = load('[actions]\n"policy.extension .exe" = "discard"').setup.policy.actions
    assert actions["policy.extension .exe"] == (Action.DISCARD, False)


@pytest.mark.parametrize("name", UNSCANNABLE_NAMES)
def test_every_reason_of_unscannable_can_have_an_action(load: Callable[[str], Filter], name: str) -> None:
    """Those that there are."""
    assert (
        load(f'[actions]\n"unscannable.{name}" = "defer"').setup.policy.actions[f"unscannable.{name}"][0]
        is Action.DEFER
    )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            'malware = "delete"',
            "actions.malware: takes one of accept, discard, defer, quarantine, reject, not 'delete'",
        ),
        ("malware = true", "actions.malware: takes one of accept, discard, defer, quarantine, reject, not True"),
        ("malware = {}", "actions.malware: takes one of accept, discard, defer, quarantine, reject, not None"),
        ('spam = { action = "reject", kept = true }', "actions.spam: unknown key 'kept'; did you mean 'keep'?"),
        ('spam = { action = "reject", keep = 1 }', "actions.spam.keep: takes bool, not int"),
        (
            '"unscannable.encrypt" = "reject"',
            "actions: unknown key 'unscannable.encrypt'; did you mean 'unscannable.encrypted'?",
        ),
        ('"viruses.x" = "reject"', None),
    ],
)
def test_a_wrong_action_is_refused(refused: Callable[[str], str], text: str, error: str | None) -> None:
    """A misspelt word never leaves a danger without its action."""
    said = refused(f"[actions]\n{text}")
    assert said == error or (error is None and said.startswith("actions: unknown key 'viruses.x'; known are"))


# --- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_every_limit_can_be_set(load: Callable[[str], Filter], name: str) -> None:
    """From 1 up; the others keep their defaults."""
    for value in (1, 7):
        assert load(f"[limits]\n{name} = {value}").limits == Limits(**{name: value})


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("depth = 0", "limits.depth: takes a number from 1 up"),
        ("depth = -5", "limits.depth: takes a number from 1 up"),
        ("depth = 1.5", "limits.depth: takes int, not float"),
        ('depth = "17"', "limits.depth: takes int, not str"),
        ("depth = true", "limits.depth: takes int, not bool"),
        ("seconds = 0.5", "limits.seconds: takes a number from 1 up"),
        ("seconds = nan", "limits.seconds: takes a number from 1 up"),
        ("seconds = inf", "limits.seconds: takes a number from 1 up"),
    ],
)
def test_a_wrong_limit_is_refused(refused: Callable[[str], str], text: str, error: str) -> None:
    """Nothing is unbounded by mistake."""
    assert refused(f"[limits]\n{text}") == error


# --- plugins --------------------------------------------------------------------------------------------------------


def test_a_table_switches_a_plugin_on(load: Callable[[str], Filter]) -> None:
    """With its options."""
    found = entry(load(f"[plugins.keeper]\n{KEEPER}"), "keeper")
    assert isinstance(found.plugin, Quarantine)
    assert found.plugin.path == "/tmp/x"
    assert (found.shadow, found.timeout, found.on_error) == (False, 60.0, None)


def test_a_table_is_named_after_the_entry_point(load: Callable[[str], Filter]) -> None:
    """Where nothing else is said."""
    assert type(entry(load("[plugins.yara]"), "yara").plugin).__name__ == "Yara"


def test_reserved_keys_are_no_options(load: Callable[[str], Filter]) -> None:
    """Every plugin has them."""
    found = entry(load(f'[plugins.keeper]\nmode = "shadow"\ntimeout = 0.5\non_error = "accept"\n{KEEPER}'), "keeper")
    assert (found.shadow, found.timeout, found.on_error) == (True, 0.5, Action.ACCEPT)


def test_a_plugin_that_is_off_is_not_there(load: Callable[[str], Filter]) -> None:
    """It need not even be installed."""
    chosen = load('[plugins.not-installed]\nmode = "off"\noption = 1')
    assert "not-installed" not in {one.name for one in chosen.setup.registry.entries}


def test_two_of_a_kind_are_two_tables(load: Callable[[str], Filter]) -> None:
    """Each with options of its own."""
    chosen = load('[plugins.yara]\nseconds = 1\n[plugins.yara-second]\nuse = "yara"\nseconds = 2')
    assert [getattr(entry(chosen, name).plugin, "seconds", 0) for name in ("yara", "yara-second")] == [1, 2]


def test_plugins_stand_in_the_order_of_the_file(load: Callable[[str], Filter]) -> None:
    """Behind the built-in ones."""
    chosen = load(f"[plugins.b]\n{KEEPER}[plugins.a]\n{KEEPER}")
    assert [one.name for one in chosen.setup.registry.entries][-2:] == ["b", "a"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('mode = "on"', "plugins.keeper.mode: takes one of enforce, shadow, off, not 'on'"),
        ("mode = false", "plugins.keeper.mode: takes one of enforce, shadow, off, not False"),
        ("timeout = 0", "plugins.keeper.timeout: takes a number above 0"),
        ("timeout = -1.5", "plugins.keeper.timeout: takes a number above 0"),
        ("timeout = nan", "plugins.keeper.timeout: takes a number above 0"),
        ("timeout = inf", "plugins.keeper.timeout: takes a number above 0"),
        ('timeout = "5"', "plugins.keeper.timeout: takes float, not str"),
        (
            'on_error = "ignore"',
            "plugins.keeper.on_error: takes one of accept, discard, defer, quarantine, reject, not 'ignore'",
        ),
        ("paths = 1", "plugins.keeper: unknown key 'paths'; did you mean 'path'?"),
    ],
)
def test_a_wrong_key_of_a_plugin_is_refused(refused: Callable[[str], str], text: str, error: str) -> None:
    """With the plugin's table."""
    assert refused(f"[plugins.keeper]\n{text}\n{KEEPER}") == error


def test_a_wrong_option_is_refused(refused: Callable[[str], str]) -> None:
    """With the plugin's table and what it takes."""
    wrong = KEEPER.replace('"/tmp/x"', "1")
    assert refused(f"[plugins.keeper]\n{wrong}") == "plugins.keeper.path: takes str, not int"


def test_a_missing_option_is_refused(refused: Callable[[str], str]) -> None:
    """Where it has no default."""
    text = '[plugins.keeper]\nuse = "qsfilter.builtin.quarantine:Quarantine"'
    assert refused(text) == "plugins.keeper: path must be set"


def test_what_a_plugin_itself_refuses_has_its_place(refused: Callable[[str], str]) -> None:
    """File, table and key."""
    assert refused("[plugins.yara]\nseconds = 0") == "plugins.yara: seconds: takes a number from 1 up"


def test_a_plugin_that_is_not_installed_is_refused(refused: Callable[[str], str]) -> None:
    """With those that are."""
    said = refused("[plugins.no-such-plugin]")
    assert said.startswith("plugins.no-such-plugin: no plugin 'no-such-plugin' is installed; installed are ")


def test_a_plugin_with_a_built_in_ones_name_is_refused(load: Callable[[str], Filter]) -> None:
    """A report must say which one it was."""
    with pytest.raises(PluginError, match="plugin quarantine: "):
        load(f"[plugins.quarantine]\n{KEEPER}")


# --- the built-in default -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def default() -> Filter:
    """Return the built-in default, started."""
    chosen = config.built_in_default()
    chosen.start()
    return chosen


def test_the_default_finds_eicar(default: Filter) -> None:
    """With the engine that needs no server."""
    report = examine(default, message(part(b"text"), attachment(eicar(), "a.txt")))
    assert (report.decision.action, report.findings[0].kind) == (Action.QUARANTINE, Kind.MALWARE)


def test_the_default_blocks_programs(default: Filter) -> None:
    """By their extensions."""
    assert examine(default, message(part(b"x"), attachment(b"MZ", "a.exe"))).decision.action is Action.REJECT


def test_the_default_passes_plain_mail(default: Filter) -> None:
    """Without a finding."""
    report = examine(default, message(part(b"text"), attachment(b"%PDF", "a.pdf")))
    assert (report.decision.action, report.findings) == (Action.ACCEPT, ())


def test_the_default_delivers_nothing(default: Filter) -> None:
    """It is for looking at mail."""
    with pytest.raises(ConfigError, match="no transport"):
        default.run(message(b"x"), Envelope(sender=b"", recipients=()))


def test_the_default_has_every_installed_unpacker(monkeypatch: pytest.MonkeyPatch) -> None:
    """And of the other plugins only those that need no setting."""
    points = [
        metadata.EntryPoint("opener", "qsfilter.builtin.zip_unpacker:ZipUnpacker", "qsfilter"),
        metadata.EntryPoint("keeper", "qsfilter.builtin.quarantine:Quarantine", "qsfilter"),
    ]
    monkeypatch.setattr(metadata, "entry_points", lambda group: points)
    names = [one.name for one in config.built_in_default().setup.registry.entries]
    assert names == ["mime-reader", "zip-unpacker", "tar-unpacker", "stream-unpacker", "quarantine", "opener"]


def test_every_plugin_of_the_default_starts(default: Filter) -> None:
    """Without a file, a server or a database."""
    assert not default.setup.broken
