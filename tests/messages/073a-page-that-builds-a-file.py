"""A page whose script puts a file together: no decoder can tell, so it is for site policy."""

from __future__ import annotations

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: text/html; name="report.html"
Content-Disposition: attachment; filename="report.html"

<script>var a = [{numbers}]; save(new Blob([new Uint8Array(a.map(x => x ^ 1))]))</script>
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, numbers=b",".join(b"%d" % (octet ^ 1) for octet in eicar()))
