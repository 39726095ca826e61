"""Words that occur nowhere else, and how to find them again in whatever form a sink keeps them."""

from __future__ import annotations

import base64
import secrets
import string
from collections.abc import Iterable


class Canaries:
    """Makes a word for each place where one is let in; all begin with a stem that is new in every run.

    Letters only: no encoding of addresses, JSON or HTML changes them.
    """

    def __init__(self) -> None:
        self.stem = "q" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(15))
        self._places: dict[str, str] = {}
        self._patterns = [*forms_of(self.stem)]

    def word(self, place: str) -> str:
        """The canary of this place: the same one when asked again."""
        for word, known in self._places.items():
            if known == place:
                return word
        number, letters = len(self._places), ""
        for _ in range(3):
            number, letter = divmod(number, 26)
            letters = string.ascii_lowercase[letter] + letters
        word = f"{self.stem}{letters}zz"  # an end of its own, so that base64 of two words never looks alike
        self._places[word] = place
        return word

    def adopt(self, place: str, secret: str) -> None:
        """Search for a secret of somebody else's making as well: a key, the value of a cookie."""
        self._places[secret] = place
        self._patterns += forms_of(secret)

    def found_in(self, chunks: Iterable[bytes]) -> list[str]:
        """The places whose canaries are there, in any form."""
        found: set[str] = set()
        for chunk in chunks:
            if any(pattern in chunk for pattern in self._patterns):
                named = {place for word, place in self._places.items() if any(form in chunk for form in forms_of(word))}
                found |= named or {"a piece of a canary"}
        return sorted(found)


def forms_of(word: str) -> Iterable[bytes]:
    """A word as it stands in text of any case, UTF-16, hexadecimal digits, and base64 at any offset."""
    plain = word.encode()
    yield from {plain, plain.upper(), plain.lower()}
    yield word.encode("utf-16-le")[:-1]  # without the last zero it is found in big-endian text too
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    for offset in range(3):
        # Only the letters that do not depend on the neighbours: each stands for six bits.
        whole = base64.b64encode(b"\0" * offset + plain)
        certain = whole[-(-offset * 8 // 6) : (offset + len(plain)) * 8 // 6]
        yield certain
        yield certain.translate(bytes.maketrans(b"+/", b"-_"))
