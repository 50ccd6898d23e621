"""The media types that the plugin knows by name, as libmagic spells them, and the extensions that promise no harm.

libmagic's spelling changes: what it called application/x-dosexec up to 5.43 is the vendor's type since.
"""

from __future__ import annotations

WINDOWS_PROGRAM = "application/vnd.microsoft.portable-executable"
DOS_PROGRAM = "application/x-dosexec"
ONENOTE = "application/onenote"
DISK = "application/x-virtualbox-vhd"
DEFAULT_TYPES = (
    # Programs.
    WINDOWS_PROGRAM, DOS_PROGRAM, "application/x-ms-ne-executable", "application/x-lx-executable",
    "application/x-executable", "application/x-pie-executable", "application/x-sharedlib",
    "application/x-mach-binary", "application/x-java-applet", "application/java-archive",
    # What Windows opens as one: installers, shortcuts, help with scripts.
    "application/x-msi", "application/x-ms-shortcut", "application/vnd.ms-htmlhelp",
    # Notebooks: whatever file lies in one, a double click on its picture opens it.
    ONENOTE,
    # Disk images: mounted by a double click, and what lies in them has lost the mark that it came from outside.
    "application/x-iso9660-image", DISK,
)  # fmt: skip
"""What is blocked unless a site says otherwise: the types behind the default extensions of the plugin `attachments`."""

SCRIPTS = frozenset({
    "text/x-shellscript", "text/x-msdos-batch", "text/x-script.python", "text/x-python", "text/x-perl", "text/x-php",
    "text/x-ruby", "text/x-tcl", "text/x-lua", "text/javascript", "application/javascript", "text/x-powershell",
})  # fmt: skip
ARCHIVES = frozenset({
    "application/zip", "application/x-zip", "application/x-rar", "application/vnd.rar", "application/x-7z-compressed",
    "application/gzip", "application/x-gzip", "application/x-bzip2", "application/x-xz", "application/zstd",
    "application/x-lzma", "application/x-lzip", "application/vnd.ms-cab-compressed", "application/x-arj",
    "application/x-lzh-compressed", "application/x-ace-compressed", "application/x-tar", "application/x-cpio",
})  # fmt: skip
CONTAINERS = ARCHIVES | frozenset({
    "application/x-archive", "application/vnd.debian.binary-package", "application/x-xar", "application/x-ms-wim",
    "application/x-lz4", "application/x-compress", "application/x-bzip", "application/x-iso9660-image", DISK,
})  # fmt: skip
"""What libmagic tells by a few octets, which a text may begin with."""

MEDIA = (
    ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".avif", ".svg", ".ico",
    ".mp3", ".wav", ".ogg", ".flac", ".m4a", ".mp4", ".avi", ".mov", ".mkv", ".wmv", ".mpg", ".mpeg",
)  # fmt: skip
"""Pictures, sound and film."""
TEXTS = (".txt", ".text", ".log", ".csv", ".md", ".ics", ".vcf")
PAPERS = (
    ".pdf", ".rtf", ".doc", ".dot", ".xls", ".xlt", ".ppt", ".pps", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp",
)  # fmt: skip


def contradicts(found: str, name: str) -> bool:
    """Whether NAME, in lower case, promises something harmless where the content is of the dangerous type FOUND.

    A script in a text file shows its text, and many documents are archives: these contradict nothing.
    """
    if found in DEFAULT_TYPES:
        return name.endswith(MEDIA + TEXTS + PAPERS)
    if found in SCRIPTS:
        return name.endswith(MEDIA + PAPERS)
    return found in ARCHIVES and name.endswith((*MEDIA, *TEXTS, ".pdf"))
