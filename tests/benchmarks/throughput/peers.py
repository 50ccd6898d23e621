"""The peers: amavis, clamav-milter, FuGlu and rspamd, each with the same clamd and with its rules on attachments.

Guarantees: they listen on loopback or on unix sockets, write into the scratch folder alone, run in the foreground and
are stopped by their number. amavis and rspamd run as the users that their packages make, so this needs root.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from throughput import processes
from throughput.contenders import answers
from throughput.installation import WORKERS, compiled
from throughput.protocols import Amavis, Milter, Rspamd, Smtp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from throughput.contenders import Contender
    from throughput.installation import Site

NAMES = ("amavis", "clamav-milter", "fuglu", "rspamd")
FUGLU = "fuglu==1.7.0"
MAGIC = "python-magic==0.4.27"
BANNED = ("exe", "pif", "scr", "bat", "vbs", "com", "cmd", "lnk")
MILTER = """\
MilterSocket unix:{folder}/socket
FixStaleSocket yes
Foreground yes
ClamdSocket unix:{clamd}
OnInfected Reject
OnFail Defer
AddHeader Replace
MaxFileSize 100M
TemporaryDirectory {folder}
LogFile {folder}/log
"""
AMAVIS = """\
use strict;
$daemon_user = $daemon_group = 'amavis'; $mydomain = 'example.com'; $myhostname = 'mail.example.com';
$MYHOME = $TEMPBASE = $db_home = '{folder}'; $QUARANTINEDIR = undef; $virus_admin = $banned_admin = undef;
$pid_file = '{folder}/pid'; $lock_file = '{folder}/lock'; $LOGFILE = '{folder}/log'; $do_syslog = 0; $log_level = 0;
$enable_db = 0; $enable_zmq = 0; $enable_dkim_verification = 0; $enable_dkim_signing = 0;
$max_servers = {workers}; $max_requests = 0; $unix_socketname = undef; @inet_acl = qw(127.0.0.1);
$inet_socket_bind = '127.0.0.1'; $inet_socket_port = [{port}]; $interface_policy{{'{port}'}} = 'AMPDP';
$policy_bank{{'AMPDP'}} = {{ protocol => 'AM.PDP', forward_method => '' }};
$forward_method = $notify_method = ''; @bypass_spam_checks_maps = (1); @local_domains_maps = (['.example.com']);
$final_virus_destiny = $final_banned_destiny = D_REJECT; $final_bad_header_destiny = $final_spam_destiny = D_PASS;
$banned_filename_re = new_RE(qr'.\\.({banned})$'i);
$MAXLEVELS = 14; $MAXFILES = 3000; $MIN_EXPANSION_QUOTA = 100*1024; $MAX_EXPANSION_QUOTA = 500*1024*1024;
@decoders = (['mail', \\&do_mime_decode], ['gz', \\&do_gunzip], ['tar', \\&do_tar], ['zip', \\&do_unzip],
    ['tnef', \\&do_tnef]);
@av_scanners = (['ClamAV-clamd', \\&ask_daemon, ["CONTSCAN {{}}\\n", '{clamd}'],
    qr/\\bOK$/m, qr/\\bFOUND$/m, qr/^.*?: (?!Infected Archive)(.*) FOUND$/m]);
@av_scanners_backup = ();
1;
"""
RSPAMD = """\
options {{ pidfile = "{folder}/pid"; filters = ""; control_socket = "{folder}/control mode=0600";
  dns {{ nameserver = ["127.0.0.1:{port}"]; timeout = 0.05s; retransmits = 1; }} }}
logging {{ type = "file"; filename = "{folder}/log"; level = "warning"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 2; task_timeout = 60s; }}
lua = "/usr/share/rspamd/rules/rspamd.lua";
modules {{ path = "/usr/share/rspamd/plugins/"; }}
actions {{ reject = 15; }}
antivirus {{ clamav {{ action = "reject"; symbol = "CLAM_VIRUS"; type = "clamav"; scan_mime_parts = false;
  max_size = 50000000; servers = "{clamd}"; timeout = 30.0; retransmits = 1; }} }}
mime_types {{ file = []; bad_extensions = {{ {banned} }} }}
"""
CLAMAV_OF_FUGLU = """
[ClamavPlugin]
host=127.0.0.1
port={port}
timeout=30
maxsize=50000000
virusaction=REJECT
problemaction=DEFER
"""
LOGGING_OF_FUGLU = """\
[loggers]
keys=root
[handlers]
keys=file
[formatters]
keys=
[logger_root]
level=WARNING
handlers=file
[handler_file]
class=FileHandler
args=('{folder}/log', 'a')
"""


@contextmanager
def peers(site: Site, place: str) -> Iterator[list[Contender]]:
    """Put up all peers, with FuGlu in a venv below PLACE, and yield them."""
    fuglu_venv = os.path.join(place, "fuglu")
    if not os.path.exists(fuglu_venv):
        subprocess.run([sys.executable, "-m", "venv", fuglu_venv], check=True)
        subprocess.run([f"{fuglu_venv}/bin/python", "-m", "pip", "install", "-q", FUGLU, MAGIC], check=True)
    with ExitStack() as stack:
        yield [
            stack.enter_context(amavis(site)),
            stack.enter_context(clamav_milter(site)),
            stack.enter_context(fuglu(site, fuglu_venv)),
            stack.enter_context(rspamd(site)),
        ]


@contextmanager
def clamav_milter(site: Site) -> Iterator[Milter]:
    """Run clamav-milter: clamd on the raw message, nothing else."""
    folder = site.folder("milter")
    Path(folder, "conf").write_text(MILTER.format(folder=folder, clamd=site.clamd.socket), encoding="utf-8")
    path = f"{folder}/socket"
    command = ["/usr/sbin/clamav-milter", "-c", f"{folder}/conf"]
    with processes.daemon(command, f"{folder}/out", lambda: answers(path)) as pid:
        yield Milter("clamav-milter", pid, path)


@contextmanager
def amavis(site: Site) -> Iterator[Amavis]:
    """Run amavisd with AM.PDP: unpacking, names, clamd on the parts."""
    folder, port = site.folder("amavis"), free_port()
    shutil.chown(folder, "amavis", "amavis")
    text = AMAVIS.format(folder=folder, port=port, clamd=site.clamd.socket, workers=WORKERS, banned="|".join(BANNED))
    conf = os.path.join(site.scratch, "amavisd.conf")
    Path(conf).write_text(text, encoding="utf-8")
    command = ["/usr/sbin/amavisd", "-c", conf, "foreground"]
    log = os.path.join(site.folder("log"), "amavisd")
    with processes.daemon(command, log, lambda: listens(port)) as pid:
        yield Amavis("amavis", pid, port, folder)


@contextmanager
def rspamd(site: Site) -> Iterator[Rspamd]:
    """Run rspamd with antivirus and mime_types alone: clamd on the raw message, names, also those in archives."""
    folder, port = site.folder("rspamd"), free_port()
    shutil.chown(folder, "_rspamd", "_rspamd")
    banned = " ".join(f"{extension} = 10;" for extension in BANNED)
    text = RSPAMD.format(folder=folder, port=port, clamd=site.clamd.socket, banned=banned)
    conf = os.path.join(site.scratch, "rspamd.conf")
    Path(conf).write_text(text, encoding="utf-8")
    command = ["/usr/bin/rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd", "-c", conf]
    command += [f"--var={name}={folder}" for name in ("DBDIR", "RUNDIR", "LOGDIR")]
    log = os.path.join(site.folder("log"), "rspamd")
    with processes.daemon(command, log, lambda: listens(port)) as pid:
        yield Rspamd("rspamd", pid, port)


@contextmanager
def fuglu(site: Site, target: str) -> Iterator[Smtp]:
    """Run FuGlu from the venv TARGET in front of a sink: its plugins on attachments and for clamd, in threads."""
    folder, port, sink_port = site.folder("fuglu"), free_port(), free_port()
    (shipped,) = Path(target).glob("lib/python*/site-packages/etc/fuglu")
    for path in shipped.glob("rules/*.dist"):
        os.makedirs(f"{folder}/rules", exist_ok=True)
        shutil.copy(path, f"{folder}/rules/{path.name.removesuffix('.dist')}")
    settings = {
        "daemonize": "0", "user": "root", "group": "root", "plugins": "attachment,clamav", "prependers": "",
        "incomingport": str(port), "outgoingport": str(sink_port), "tempdir": folder, "versioncheck": "0",
        "controlport": f"{folder}/control", "defaultvirusaction": "REJECT", "minthreads": "2", "maxthreads": "16",
        "backend": "thread",
    }  # fmt: skip
    text = (shipped / "fuglu.conf.dist").read_text(encoding="utf-8")
    for key, value in settings.items():
        text = re.sub(rf"(?m)^{key}=.*", f"{key}={value}", text)
    Path(folder, "fuglu.conf").write_text(text + CLAMAV_OF_FUGLU.format(port=site.clamd.port), encoding="utf-8")
    Path(folder, "logging.conf").write_text(LOGGING_OF_FUGLU.format(folder=folder), encoding="utf-8")
    command = [f"{target}/bin/python", "-m", "fuglu", "-f", "--configdir", folder, "-c", f"{folder}/fuglu.conf"]
    command += ["--logconfig", f"{folder}/logging.conf"]
    sink = [compiled("sink", site.scratch), str(sink_port), "32"]
    with (
        processes.daemon(sink, f"{folder}/sink", lambda: listens(sink_port)),
        processes.daemon(command, f"{folder}/out", lambda: listens(port)) as pid,
    ):
        yield Smtp("fuglu", pid, port)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether somebody listens on PORT of 127.0.0.1."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
        return True
    return False
