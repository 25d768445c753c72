"""Which paths mean the same file on every system, in git, in a ZIP and in a web address."""

import re
import unicodedata

_LONGEST_PART = 255
_LONGEST = 1024

# Windows reserves the first eight; `%` and `#` mean something else in a web address.
_RESERVED = frozenset('\\:*?"<>|%#')

# Control and formatting characters, which some file systems ignore, and separators of lines.
_UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))

_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9])\s*(?:\..*)?")

# The name that Windows also gives to a file with a long one: GIT~1 is .git.
_SHORT_NAME = re.compile(r"[^.]{1,6}~[0-9]{1,6}(?:\.[^.]{0,3})?")


def find_flaw(path: str) -> str | None:
    """Why a relative path with slashes is not the same file everywhere; None if it is.

    What is returned follows the path in a sentence, such as "has an empty part".
    """
    if not path:
        return "is empty"
    if len(path.encode(errors="surrogatepass")) > _LONGEST:
        return f"is longer than {_LONGEST:,} bytes"
    return next(filter(None, map(_find_flaw_of_part, path.split("/"))), None)


def _find_flaw_of_part(part: str) -> str | None:
    if not part:
        return "has an empty part, or starts or ends with a slash"
    for character in part:
        if character in _RESERVED or unicodedata.category(character) in _UNSEEN:
            return f"has the character {character!a}"
    # Superscript digits name devices too, and some systems take full-width letters for plain ones.
    plain = unicodedata.normalize("NFKC", part).casefold()
    if plain in (".", ".."):
        return f"has the part {part!r}"
    if part != part.strip() or part.endswith("."):
        return f"has the part {part!r}, whose spaces or dots at its ends Windows would remove"
    if plain.startswith(".git"):
        return f"has the part {part!r}, a name that git keeps for itself"
    if _DEVICE.fullmatch(plain):
        return f"has the part {part!r}, a device on Windows"
    if _SHORT_NAME.fullmatch(plain):
        return f"has the part {part!r}, which may be another file's short name on Windows"
    if len(part.encode()) > _LONGEST_PART:
        return f"has a part of more than {_LONGEST_PART} bytes"
    return None
