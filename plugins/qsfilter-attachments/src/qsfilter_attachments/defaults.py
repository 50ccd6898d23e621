"""The extensions that are blocked unless a site says otherwise, and why each is there.

What Windows runs, or mounts, on a double click, and what honest people do not send by mail. Not here, because they do:
`.url`, `.html`, `.svg`, `.zip`, `.dll`, `.py`, `.sh`, `.reg`, documents with macros (the plugin `macros` looks inside).
"""

from __future__ import annotations

from qsfilter import legacy

DEFAULT_EXTENSIONS = (
    # What the original's file and that of its packagers proposed: programs, scripts, shortcuts.
    *legacy.EXTENSIONS,
    # Programs and their installers; .scf and the -ms files are shortcuts that fetch what they name.
    ".msi", ".msp", ".mst", ".msix", ".appx", ".appinstaller", ".application", ".jar", ".jnlp", ".xll", ".gadget",
    ".scf", ".appref-ms", ".library-ms", ".search-ms", ".settingcontent-ms",
    # What Office opens and then runs: an add-in from elsewhere, and whatever lies in a notebook of OneNote.
    ".vsto", ".one",
    # Scripts and consoles.
    ".ps1", ".ps1xml", ".psc1", ".wsc", ".sct", ".ws", ".shb", ".vb", ".msc", ".chm", ".diagcab", ".iqy",
    # Disk images: mounted by a double click, and what lies in them has lost the mark that it came from outside.
    ".iso", ".img", ".vhd", ".vhdx",
)  # fmt: skip
"""In lower case, with their dots."""
