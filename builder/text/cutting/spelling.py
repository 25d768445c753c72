"""How the names of pieces spell text: marks of spaces, of words that go on or end, and bytes."""

from dataclasses import dataclass

from builder.text.characters import BYTES_BY_LETTER


@dataclass(frozen=True)
class Spelling:
    """Marks in the names of pieces; each is empty where a vocabulary has none.

    `space` stands for a space, `prefix` is before what goes on with a word, `suffix` after what
    ends one. With `is_bytes`, each letter of a name stands for a byte, as in GPT-2.
    """

    space: str = ""
    prefix: str = ""
    suffix: str = ""
    is_bytes: bool = False

    def strip(self, name: str) -> str:
        """The name without marks."""
        name = name.removeprefix(self.prefix).removesuffix(self.suffix)
        return name.replace(self.space, "") if self.space else name

    def single(self, name: str) -> str | None:
        """The character that a piece writes, if it writes one."""
        text = self.strip(name)
        if self.is_bytes:
            try:
                text = bytes(BYTES_BY_LETTER[letter] for letter in text).decode()
            except (KeyError, UnicodeDecodeError):
                return None
        return text if len(text) == 1 else None
