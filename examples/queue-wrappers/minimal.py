#!/opt/qsfilter/bin/python -I
"""Stand in for qmail-queue with two plugins and the site's rules; no configuration file is read."""

from qsfilter import Filter, QmailQueue
from qsfilter.queue import main
from qsfilter_attachments import Attachments
from qsfilter_yara import Yara

chosen = Filter(Yara(), Attachments(block=(".exe",)), rules="/etc/qsfilter/rules.py", transport=QmailQueue())
raise SystemExit(main(chosen))
