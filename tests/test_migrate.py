"""Settings of an old script are read, none is passed over, and what comes of them is a configuration."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qsfilter import Action, Envelope, Filter, config
from qsfilter.cli import main
from qsfilter.errors import ConfigError
from qsfilter.migrating.fates import NOTHING
from qsfilter.migrating.old_settings import OPTIONS, VARIABLES, read
from qsfilter.migrating.perl_text import assignments
from qsfilter.migrating.taking_over import configuration, fates
from qsfilter.testing import attachment, message, part, zip_of

if TYPE_CHECKING:
    from collections.abc import Callable

QSFILTER = str(Path(sys.executable).parent / "qsfilter")
SAMPLES = Path(__file__).parent / "old_scripts"
RULES = "# names\neicar.com\t\t69\tEICAR Test Virus\n.scr\t0\tScreen savers\nI LOVE.*\tVirus-Subject:\tILOVEYOU\n"
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
WITHOUT_CLIENT = (
    "sweep", "sophie", "vscan", "trophie", "uvscan", "csav", "antivir", "kavscanner", "AvpLinux", "kavdaemon", "fsav",
    "AvpDaemonClient", "fprot", "inocucmd", "ravlin", "vexira", "fpscan", "bitdefender", "nod32", "avgd", "mhr",
)  # fmt: skip
MINIMAL = "my $scandir='/nonexistent/qscan';\nmy @scanner_array=('perlscan_scanner');\n"


@pytest.fixture
def sample(tmp_path: Path) -> Callable[[str], Path]:
    """Save a sample script, its spool being a folder with rule files."""

    def save(name: str) -> Path:
        (tmp_path / "spool").mkdir(exist_ok=True)
        (tmp_path / "spool/quarantine-attachments.txt").write_text(RULES)
        (tmp_path / "spool/settings_per_domain.txt").write_text("example.com:clamdscan,ps,sa\n")
        script = tmp_path / "qmail-scanner-queue.pl"
        script.write_text((SAMPLES / name).read_text().replace("@SPOOL@", str(tmp_path / "spool")))
        return script

    return save


def migrated(script: Path) -> tuple[dict[str, Any], str]:
    """Migrate SCRIPT in this process; return the table, and what has no equivalent."""
    found = fates(read(script.read_text(), str(script)))
    text = configuration(found, str(script))
    lost = "\n".join(f"{fate.old}: {fate.text}" for fate in found if fate.what == NOTHING)
    table = tomllib.loads(text)
    config.from_table(table, "migrated")
    return table, lost


def from_line(line: str, more: str = "") -> tuple[dict[str, Any], str]:
    """Migrate a script with this configure LINE."""
    text = f"#!/usr/bin/perl\n# ./configure {line}\n{more}"
    found = fates(read(text, "script"))
    table = tomllib.loads(configuration(found, "script"))
    config.from_table(table, "migrated")
    return table, "\n".join(f"{fate.old}: {fate.text}" for fate in found if fate.what == NOTHING)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if key != "QSFILTER_CONFIG"}
    done = subprocess.run(
        [QSFILTER, *map(str, arguments)], check=False, capture_output=True, text=True, env=clean, timeout=60
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


# --- the three samples ----------------------------------------------------------------------------------------------


def test_1_20_with_a_pattern_for_its_archive(sample: Callable[[str], Path], tmp_path: Path) -> None:
    table, lost = migrated(sample("1.20.pl"))
    rules = [str(tmp_path / "spool/quarantine-attachments.txt")]
    plugins = table["plugins"]
    assert plugins["attachments"] == {"defaults": False, "double_extensions": True, "legacy": rules}
    assert plugins["headers"] == {"legacy": rules}
    assert plugins["clamav"] == {"servers": ["unix:/run/clamav/clamd.ctl"], "on_error": "defer"}
    assert plugins["archive"]["match"] == r"(?:boss|sales)@example\.com"
    assert plugins["silent"]["viruses"][-1] == "sobig"
    assert plugins["notify"] == {
        "admin": "postmaster@example.com",
        "admin_description": "System Anti-Virus Administrator",
        "tokens": ["sender", "admin"],
        "local_domains": ["example.com", "example.net"],
    }
    assert plugins["legacylog"].keys() == {"quarantine_log", "mailstats"}
    assert table["actions"]["policy"] == table["actions"]["ambiguous"] == "quarantine"
    assert "spamassassin" not in plugins
    assert lost.startswith("@scanner_array: uvscan: there is no client for it")
    assert "\n" not in lost


def test_1_25_of_the_st_patch(sample: Callable[[str], Path], tmp_path: Path) -> None:
    table, lost = migrated(sample("1.25-st.pl"))
    assert not lost
    assert table["actions"] == {
        "malware": "discard",
        "policy": "quarantine",
        "ambiguous": "quarantine",
        "ambiguous.nul": "accept",
        "ambiguous.bare-cr": "accept",
        "unscannable.encrypted": "quarantine",
        "unscannable.over-limit": "quarantine",
    }
    assert table["settings_per_domain"] == str(tmp_path / "spool/settings_per_domain.txt")
    spam = table["plugins"]["spamassassin"]
    assert spam["servers"] == ["unix:/run/spamd.sock"]
    assert (spam["quarantine"], spam["reject"], spam["tag"]) == (1.9, 4.2, 0.5)
    assert "discard" not in spam, "sa-reject takes the place of deleting"
    assert spam["subject_tag"] == "*****SPAM*****"
    assert table["plugins"]["copyto"] == {"to": ["spamcheck@example.com"], "kinds": ["spam"]}
    assert table["plugins"]["silent"] == {"viruses": ["auto"]}
    assert table["plugins"]["notify"]["tokens"] == ["psender", "nmladm"], "the script, not what configure was told"
    assert table["plugins"]["legacylog"]["syslog"] is True
    assert table["headers"] == {"legacy": "received", "descriptive": "all", "prefix": "X-Antivirus-EXAMPLE"}


def test_2_11_with_bounds(sample: Callable[[str], Path]) -> None:
    table, lost = migrated(sample("2.11.pl"))
    assert table["limits"] == {
        "unpacked_bytes": 500_000_000, "members": 5_000, "message_bytes": 50_000_000, "seconds": 300,
    }  # fmt: skip
    spam = table["plugins"]["spamassassin"]
    assert (spam["servers"], spam["seconds"], spam["timeout"]) == (["tcp:192.0.2.7:1783"], 90, 100)
    assert table["plugins"]["clamav"]["scan"] == "leaves+raw"
    assert table["plugins"]["archive"]["match"] == "all"
    assert table["plugins"]["notify"]["language"] == "de"
    assert table["plugins"]["headers"]["note_crypto"] is True
    assert table["headers"] == {"legacy": "diagnostics", "descriptive": "yes"}
    assert "@scanner_array: mhr" in lost


def test_mail_is_judged_as_the_old_script_did(sample: Callable[[str], Path], tmp_path: Path) -> None:
    """The rule file decides, and nothing but it; what is blocked is quarantined and answered as accepted."""
    table, _ = migrated(sample("1.20.pl"))
    del table["plugins"]["clamav"]  # no server here
    chosen = config.from_table(table, "migrated")
    chosen = Filter(
        *(entry for entry in chosen.setup.registry.entries if entry.name in {"attachments", "headers"}),
        policy=chosen.setup.policy,
    )
    chosen.start()

    def action(*parts: bytes, subject: str = "Hello") -> Action:
        return chosen.examine(message(part(b"Hello\n"), *parts, subject=subject), ENVELOPE).decision.action

    assert action(attachment(b"0" * 68 + b"\n", "Eicar.com")) is Action.QUARANTINE
    assert action(attachment(b"0" * 70, "eicar.com")) is Action.ACCEPT
    assert action(attachment(zip_of({"x.scr": b"MZ"}), "a.zip")) is Action.QUARANTINE
    assert action(attachment(b"MZ", "setup.exe")) is Action.ACCEPT, "it is not in the old file"
    assert action(subject="I LOVE YOU") is Action.QUARANTINE
    assert action() is Action.ACCEPT


# --- nothing is passed over -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["yes", "'odd \x01 value'", "''"])
@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_has_a_fate_whatever_it_says(option: str, value: str) -> None:
    for line in (
        f"--{option} {value}",
        f"--{option}={value} --scanners clamdscan,fast_spamassassin --domain example.com",
    ):
        found = fates(read(f"# configure {line}\n", "script"))
        assert any(f"--{option}" in fate.old for fate in found), line
        config.from_table(tomllib.loads(configuration(found, "script")), "migrated")


@pytest.mark.parametrize("name", [name for names in VARIABLES.values() for name in names])
def test_every_variable_has_a_fate(name: str) -> None:
    sigil, value = ("@", "('a')") if name.endswith("_array") else ("$", "'7'")
    more = "my @scanner_array=('fast_spamassassin');\n" if name.startswith("sa_") else ""
    text = f"my {sigil}{name}={value};\n# ./configure --batch\nmy $sa_quarantine=1;\n{more}"
    found = fates(read(text, "script"))
    told = "\n".join(fate.old for fate in found)
    assert name in told


def test_an_unknown_option_is_told() -> None:
    assert "--frobnicate yes: is no option" in from_line("--frobnicate")[1]


@pytest.mark.parametrize("name", WITHOUT_CLIENT)
def test_a_scanner_without_a_client_is_told(name: str) -> None:
    table, lost = from_line(f"--scanners clamscan,{name}")
    assert f"--scanners: {name.lower()}: " in lost
    assert "clamav" in table["plugins"]


@pytest.mark.parametrize("said", ["none", "''"])
def test_no_scanner_is_no_engine(said: str) -> None:
    table, _ = from_line(f"--scanners {said}")
    assert not {"clamav", "yara", "spamassassin"} & set(table["plugins"])


def test_auto_is_clamd_and_a_word_about_it() -> None:
    found = fates(read("# ./configure --scanners auto\n", "script"))
    (clamd,) = (fate for fate in found if "clamd is asked" in fate.text)
    assert "auto was whatever was installed" in clamd.text


# --- single settings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "key", "expected"),
    [
        ("--virus-to-delete yes", "malware", "discard"),
        ("--virus-to-delete no", "malware", "quarantine"),
        ("--virus-to-delete klez,sobig", "malware", "quarantine"),
        ("--quarantine-reject yes", "policy", {"action": "reject", "keep": True}),
        ("--fix-mime 0", "ambiguous", "accept"),
        ("--fix-mime no", "ambiguous", "accept"),
        ("--fix-mime 2", "ambiguous", "quarantine"),
        ("--ignore-eol-check", "ambiguous.nul", "accept"),
        ("--block-password-protected yes", "unscannable.encrypted", "quarantine"),
        ("--block-password-protected no", "unscannable.encrypted", "accept"),
    ],
)
def test_an_action(line: str, key: str, expected: object) -> None:
    assert from_line(line)[0]["actions"][key] == expected


def test_some_viruses_are_discarded() -> None:
    (rule,) = from_line("--virus-to-delete klez,sobig")[0]["policy"]
    assert rule == {"match": {"kind": "malware", "name": ["*klez*", "*sobig*"]}, "action": "discard"}


@pytest.mark.parametrize(
    ("line", "key", "expected"),
    [
        ("--sa-delete 4.2", "discard", 4.2),
        ("--sa-delete 4.2 --sa-reject yes", "reject", 4.2),
        ("--sa-delete 4.2 --sa-reject no", "discard", 4.2),
        ("--sa-subject '[SPAM]'", "subject_tag", "[SPAM]"),
        ("--sa-remote spam.example.com", "servers", ["tcp:spam.example.com:783"]),
        ("--sa-remote '[::1],1783'", "servers", ["tcp:[::1]:1783"]),
        ("--sa-remote x,99999", "servers", ["tcp:127.0.0.1:783"]),
        ("--sa-maxsize 250000", "max_bytes", 250_000),
        ("--sa-report yes", "rule_points", True),
        ("--sa-timeout 20", "seconds", 20),
    ],
)
def test_a_setting_about_spam(line: str, key: str, expected: object) -> None:
    table, _ = from_line(f"--scanners clamdscan,fast_spamassassin {line}")
    assert table["plugins"]["spamassassin"][key] == expected


def test_a_tag_behind_the_scanner() -> None:
    table, _ = from_line("--scanners 'clamdscan,fast_spamassassin=SPAM:'")
    assert table["plugins"]["spamassassin"]["subject_tag"] == "SPAM:"


@pytest.mark.parametrize("line", ["--fix-mime 0 --ignore-eol-check", "--virus-to-delete ,", "--spooldir relative"])
def test_settings_that_make_no_sense_together_are_told(line: str) -> None:
    found = fates(read(f"# ./configure {line}\n", "script"))
    for option in re.findall("--[a-z-]+", line):
        assert any(option in fate.old for fate in found)
    table, _ = from_line(line)
    assert "policy" not in table
    assert not any("relative" in path for path in table["plugins"]["attachments"].get("legacy", ()))


@pytest.mark.parametrize("line", ["--sa-quarantine 2", "--sa-forward a@example.com", "--sa-remote 192.0.2.1"])
def test_thresholds_without_spamassassin_switch_nothing_on(line: str) -> None:
    table, lost = from_line(f"--scanners clamdscan {line}")
    assert not {"spamassassin", "copyto"} & set(table["plugins"])
    assert "sa-" not in lost


def test_a_pattern_that_only_perl_knows_is_told_and_off() -> None:
    table, lost = from_line(r"--archive '(?!boss)@example'")
    assert "archive" not in table["plugins"]
    assert "--archive (?!boss)@example" in lost


def test_the_admin_is_a_user_and_the_domain() -> None:
    assert from_line("--admin alerts --domain example.com")[0]["plugins"]["notify"]["admin"] == "alerts@example.com"
    assert from_line("--domain example.com")[0]["plugins"]["notify"]["admin"] == "root@example.com"
    table, lost = from_line("--admin alerts --notify psender")
    assert "notify" not in table["plugins"]
    assert "notices need an admin with a domain" in lost


def test_a_token_that_nobody_knows_is_told() -> None:
    table, lost = from_line("--admin a --domain example.com --notify psender,neighbours")
    assert table["plugins"]["notify"]["tokens"] == ["psender"]
    assert "neighbours" in lost


def test_a_rule_that_cannot_be_read_is_told_and_named_by_check(tmp_path: Path) -> None:
    (tmp_path / "quarantine-events.txt").write_text(
        ".exe SIZE=-1 spaces\n.scr\tSIZE=-1\tfine\nok(?!x)\tPolicy-X:\tPerl\n"
    )
    script = tmp_path / "old.pl"
    script.write_text(f"our $scandir='{tmp_path}';\nour @scanner_array=('perlscan_scanner');\n")
    output = tmp_path / "new.toml"
    done = run("migrate", script, "--output", output)
    assert done.returncode == 1
    assert f"{tmp_path}/quarantine-events.txt:1: fields are separated by tabs" in done.stdout
    assert f"{tmp_path}/quarantine-events.txt:1: fields" in run("check", "--config", output).stdout
    (tmp_path / "quarantine-events.txt").write_text("ok(?!x)\tPolicy-X:\tPerl\n")
    assert f"{tmp_path}/quarantine-events.txt:1" in run("migrate", script, "--output", "-").stdout


def test_a_file_of_domains_that_cannot_be_read_is_told_and_off(tmp_path: Path) -> None:
    more = f"my $scandir='{tmp_path}';\n"
    assert "settings_per_domain.txt: No such file" in from_line("--settings-per-domain yes", more)[1]
    (tmp_path / "settings_per_domain.txt").write_text("nonsense\n")
    table, lost = from_line("--settings-per-domain yes", more)
    assert "settings_per_domain" not in table
    assert "settings_per_domain.txt: line 1" in lost


# --- the script is read, not run ------------------------------------------------------------------------------------


def test_perl_values() -> None:
    text = r"""
my $a = 'single \' \\ \n $x';   # a remark
our $b="double \" \\ \@ $a ${a}";
$c = 20*60;
local $d = -1.5;
my @e = ('x', "y$c", qw(z w), 7,   # a remark
   );
@f = qw/p q/;
our @g=();
my $h = "unknown $nothing";
my $i = $a . 'x';
my @j = ('x', &call());
my $k = `ls`;
if ($l == 1) { $l = 'x'; }
    $c = 'again';
# my $m = 'remark';
my $n = <<'END';
my @o = (
"""
    assert assignments(text) == {
        "a": "single ' \\ \\n $x",
        "b": "double \" \\ @ single ' \\ \\n $x single ' \\ \\n $x",
        "c": "1200",
        "d": "-1.5",
        "e": ("x", "y1200", "z", "w", "7"),
        "f": ("p", "q"),
        "g": (),
    }


@pytest.mark.parametrize(
    "text",
    [
        "# ./configure --admin a --archive yes",
        "#   cd /usr/src && ./configure --admin a --archive yes",
        "#configure --admin a \\\n#  --archive yes\n# more text",
        "# ./configure \\\n# --admin=a \\\n# --archive=yes",
        "# configure was run\n# ./configure --admin a\n#    --archive yes\n",
        "# see how it was configured\r\n# ./configure --archive \"yes\" --admin 'a'\r\n",
    ],
)
def test_the_configure_line_in_its_forms(text: str) -> None:
    old = read(text.replace("\r\n", "\n"), "script")
    assert {name: one.text for name, one in old.settings.items()} == {"admin": "a", "archive": "yes"}


def test_an_unclosed_quote_is_an_error() -> None:
    with pytest.raises(ConfigError, match="can't be read: No closing quotation"):
        read("# ./configure --admin 'a\n", "script")


def test_nothing_of_the_script_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    script = tmp_path / "old.pl"
    script.write_text(
        f"#!/bin/sh\ntouch {mark}\n# ./configure --archive '`touch {mark}`' --admin '$(touch {mark})'\n"
        f'{MINIMAL}my $V_FROM="@{{[`touch {mark}`]}}";\nsystem("touch {mark}");\n'
    )
    script.chmod(0o755)
    assert run("migrate", script, "--output", "-").returncode in {0, 1}
    assert not mark.exists()


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for whole in (text, f"# ./configure {text}", MINIMAL + text):
        try:
            found = fates(read(whole, "script"))
        except ConfigError:
            continue
        config.from_table(tomllib.loads(configuration(found, "script")), "migrated")


WORDS = st.sampled_from(
    ["yes", "no", "1", "0", "auto", "none", "", "4.2", "klez,bugbear", "clamdscan,sa", "fast_spamassassin=*S*", "de_DE",
     "a@example.com", "/run/x.sock", "192.0.2.1,783", "X-Mine", "nan", "-1", "9" * 30, "é\x7f\x01\u2028", "all", "ps"]
) | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)  # fmt: skip
VALUES = st.one_of(WORDS.map(lambda word: word.replace("\n", " ")))


def perl_text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(OPTIONS), VALUES, max_size=12),
    st.dictionaries(st.sampled_from([*VARIABLES, *OPTIONS]), VALUES, max_size=12),
)
def test_every_combination_is_a_configuration(options: dict[str, str], variables: dict[str, str]) -> None:
    quoted = " ".join(f"--{name}=" + "'" + value.replace("'", "") + "'" for name, value in options.items())
    lines = [f"# ./configure --batch {quoted}"]
    for option, value in variables.items():
        name = VARIABLES.get(option, (option.replace("-", "_"),))[0]
        lines.append(
            f"my @{name}=({perl_text(value)});" if name.endswith("_array") else f"my ${name}={perl_text(value)};"
        )
    old = read("\n".join(lines), "script")
    found = fates(old)
    config.from_table(tomllib.loads(configuration(found, "script")), "migrated")
    told = [fate.old for fate in found]
    for one in old.settings.values():
        assert any(one.source in text for text in told), one


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_file_is_ours_alone_and_not_written_over(sample: Callable[[str], Path], tmp_path: Path) -> None:
    script, output = sample("1.20.pl"), tmp_path / "new.toml"
    done = run("migrate", script, "--output", output)
    assert done.returncode == 1, done.stderr
    assert output.stat().st_mode & 0o7777 == 0o640
    assert {path.name for path in tmp_path.iterdir()} == {"spool", "new.toml", script.name}
    for told in ("archive", "@scanner_array: uvscan", f"written: {output}", "to go back"):
        assert told in done.stdout
    output.write_text("mine")
    again = run("migrate", script, "--output", output)
    assert again.returncode == 1
    assert "is there already; --force writes over it" in again.stderr
    assert output.read_text() == "mine"
    assert run("migrate", script, "--output", output, "--force").returncode == 1
    config.load(str(output))


def test_standard_output_is_the_configuration_alone(sample: Callable[[str], Path]) -> None:
    done = run("migrate", sample("2.11.pl"), "--output", "-")
    assert "clamav" in tomllib.loads(done.stdout)["plugins"]
    assert "old setting" in done.stderr
    assert "What has no equivalent" in done.stdout


def test_json_names_every_setting(sample: Callable[[str], Path], tmp_path: Path) -> None:
    told = json.loads(run("migrate", sample("1.25-st.pl"), "--json", "--output", tmp_path / "new.toml").stdout)
    assert told["version"] == "1.25-st-qms"
    assert any("--notify psender,nmlvadm" in one for one in told["differences"])
    discard = next(one for one in told["settings"] if one["old"] == "--virus-to-delete yes")
    assert discard["settings"] == [{"table": "actions", "key": "malware", "value": "discard", "on": True}]
    uvscan = json.loads(run("migrate", sample("1.20.pl"), "--json", "--output", tmp_path / "other.toml").stdout)
    assert {one["what"] for one in uvscan["settings"]} == {"became", "built in", "nothing"}


def test_a_script_where_all_has_an_equivalent_ends_with_0(tmp_path: Path) -> None:
    (tmp_path / "quarantine-events.txt").write_text(".scr\tSIZE=-1\tScreen savers\n")
    script = tmp_path / "old.pl"
    script.write_text(f"our $scandir='{tmp_path}';\nour @scanner_array=('clamdscan_scanner');\n# configure --admin a\n")
    done = run("migrate", script, "--output", tmp_path / "new.toml")
    assert ("without an equivalent" in done.stdout) is bool(done.returncode)
    assert "notices need" in done.stdout
    script.write_text(f"our $scandir='{tmp_path}';\nour @scanner_array=('clamdscan_scanner');\n")
    done = run("migrate", script, "--output", tmp_path / "new.toml", "--force")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (MINIMAL.replace("nonexistent", "\0"), "holds NUL characters"),
        ("", "no line with ./configure, and no $scandir, @scanner_array"),
        ("#!/bin/sh\nexec /bin/true\n", "no line with ./configure, and no $scandir, @scanner_array"),
        ("my $scandir='/x';\n", "no line with ./configure, and no @scanner_array"),
    ],
)
def test_what_is_no_qmail_scanner_is_refused(content: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "old.pl").write_text(content)
    done = run("migrate", tmp_path / "old.pl", "--output", tmp_path / "new.toml")
    assert done.returncode == 2
    assert why in done.stderr
    assert not (tmp_path / "new.toml").exists()


def test_what_is_no_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, why in (("missing", "No such file"), ("pipe", "no regular file"), (".", "directory")):
        assert main(["migrate", str(tmp_path / path), "--output", "-"]) == 2
        assert why in capsys.readouterr().err


def test_every_option_stands_in_the_how_to() -> None:
    page = (Path(__file__).parents[1] / "docs/how-to/come-from-qmail-scanner.md").read_text()
    assert {option for option in OPTIONS if f"`--{option}`" not in page} == set()
