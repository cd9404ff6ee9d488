"""The corpus: texts with secrets composed at run time, so that no file holds one.

Written from vendors' formats and from what tools print. A text is a template; «kind» in it stands
for a secret. What a sanitized text must be follows: the template with placeholders for secrets.
"""

import base64
import json
import random
import re
import string
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
_HOLE = re.compile("«([a-z0-9_]+)»")
_PIECE = re.compile(r"\{([A-Za-z0-9]+)(?::(\d+))?\}")
_PLACEHOLDER = r"\[REDACTED:[A-Z0-9_]+\]"

LOWER36 = string.ascii_lowercase + string.digits
UPPER36 = string.ascii_uppercase + string.digits
ALNUM = string.ascii_letters + string.digits
CLASSES = {
    "alnum": ALNUM,
    "alpha": string.ascii_letters,
    "lower": string.ascii_lowercase,
    "lower36": LOWER36,
    "upper36": UPPER36,
    "upper32": string.ascii_uppercase + "234567",
    "base32": string.ascii_uppercase + "234567",
    "base32l": string.ascii_lowercase + "234567",
    "bech32u": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "urlsafe": ALNUM + "_-",
    "base64": ALNUM + "+/",
    "base64n": ALNUM,
    "base64url": ALNUM + "_-",
    "percented": ALNUM,
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "HEXU": "0123456789ABCDEF",
    "digit": string.digits,
    "base58": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "bcrypt": ALNUM + "./",
}
_WORDS = [
    "ability",
    "above",
    "absent",
    "abstract",
    "across",
    "action",
    "adapt",
    "admit",
    "afford",
    "agent",
    "album",
    "alert",
    "amazing",
    "anchor",
    "basket",
    "battle",
    "beach",
    "bean",
    "biology",
    "blanket",
    "bronze",
    "butter",
    "cactus",
    "camera",
    "canyon",
    "carbon",
    "castle",
    "cereal",
]


class Maker:
    """Makes secrets of every kind from one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def run(self, characters, length):
        """Random characters with a digit and a letter among them, as nearly all keys have."""
        while True:
            made = "".join(self.random.choice(characters) for _ in range(length))
            letters = any(c.isalpha() for c in characters)
            digits = any(c.isdigit() for c in characters)
            if length < 6 or (
                (not digits or any(c.isdigit() for c in made))
                and (not letters or any(c.isalpha() for c in made))
            ):
                return made

    def fill(self, template):
        """A vendor's format with its {class:length} pieces made."""

        def piece(match):
            name, length = match.groups()
            if name == "uuid":
                return self.secret("uuid")
            return self.run(CLASSES[name], int(length)) if length else match.group()

        return _PIECE.sub(piece, template)

    def secret(self, kind):
        made = getattr(self, "make_" + re.sub(r"_?\d+$", "", kind), None)
        length = int(re.search(r"\d+$", kind).group()) if kind[-1].isdigit() else 0
        if made is not None:
            return made(length)
        if kind == "alnum20u":
            return self.run(UPPER36, 20)
        if kind == "b64url_enc":
            return urllib.parse.quote(self.make_b64(44), safe="")
        raise KeyError(kind)

    def make_alnum(self, length):
        return self.run(ALNUM, length)

    def make_hex(self, length):
        return self.run(CLASSES["hex"], length)

    def make_hexu(self, length):
        return self.run(CLASSES["HEX"], length)

    def make_base32(self, length):
        return self.run(CLASSES["base32"], length)

    def make_base32l(self, length):
        return self.run(LOWER36, length)

    def make_urlsafe(self, length):
        return self.run(CLASSES["urlsafe"], length - 1) + "k"

    def make_b64(self, length):
        size = length * 3 // 4
        while True:
            made = base64.b64encode(self.random.randbytes(size)).decode()[:length]
            if any(c.isdigit() for c in made):
                return made

    def make_digits(self, length):
        return self.run("123456789", length)

    def make_uuid(self, _):
        parts = (8, 4, 4, 4, 12)
        return "-".join(
            self.run(CLASSES["hex"], n) if n > 6 else self.run("0123456789abcdef", n) for n in parts
        )

    def make_pw(self, _):
        word = self.random.choice(_WORDS).capitalize()
        return (
            word[:5]
            + str(self.random.randint(10, 999))
            + self.run(ALNUM, 4)
            + self.random.choice("!x_7")
        )

    def make_pwsym(self, _):
        return (
            self.run(ALNUM, 5)
            + self.random.choice("!#%^*+?")
            + self.run(ALNUM, 4)
            + "$"
            + self.run(ALNUM, 3)
        )

    def make_pwurl(self, _):
        return self.run(ALNUM, 5) + "%40" + self.run(ALNUM, 6)

    def make_weak(self, _):
        return self.random.choice(("hunter", "dragon", "summer", "winter", "monkey")) + str(
            self.random.randint(1, 9999)
        )

    def make_chosen(self, _):
        """What a person types where a token is asked for: words with a number or a sign."""
        first, second = self.random.sample(_WORDS, 2)
        number = str(self.random.randint(10, 9999))
        return self.random.choice(
            (
                first.capitalize() + number,
                f"{first}-{second}-{number}",
                f"{first}_{second}{number}",
                f"{first}${second}*{number}",
                f"{first.capitalize()}@{number}!",
                f"P@{second}{number}#",
            )
        )

    def make_weakphrase(self, _):
        return "-".join(self.random.sample(_WORDS, 3)) + str(self.random.randint(1, 99))

    def make_weaktoken(self, _):
        return "my" + "-token-" + self.run(string.digits, 5) + self.run(LOWER36, 6)

    def make_djangokey(self, _):
        return self.run(string.ascii_lowercase + string.digits + "!@#$%^&*(-_=+)", 50)

    def make_wpkey(self, _):
        return (
            self.run(ALNUM + "!@#$%^&*()-_ []{}<>~`+=,.;:/?|", 64).replace("<", "4").strip() + "w"
        )

    def make_dashed(self, length):
        return "-".join(self.run(UPPER36, 5) for _ in range(length // 6 + 1))

    def make_apr(self, _):
        return "$apr1$" + self.run(ALNUM, 8) + "$" + self.run(ALNUM, 22)

    def make_ldapsha(self, _):
        return "{SHA}" + self.make_b64(28)

    def make_mnemonic(self, length):
        return " ".join(self.random.sample(_WORDS, length))


@dataclass(frozen=True)
class Case:
    """One text, the secrets in it, and a pattern that its sanitized form must match whole."""

    family: str
    label: str
    text: str
    secrets: tuple
    expected: "re.Pattern"

    def is_caught(self, sanitized):
        return not any(secret in sanitized for secret in self.secrets)

    def keeps_neighbours(self, sanitized):
        return bool(self.expected.fullmatch(sanitized))


def make_case(family, template, maker):
    template = template.replace("\\n", "\n").replace("\\t", "\t")
    text, pattern, secrets, position = [], [], [], 0
    for hole in _HOLE.finditer(template):
        before = template[position : hole.start()]
        secret = maker.secret(hole.group(1))
        text += [before, secret]
        pattern += [re.escape(before), _PLACEHOLDER]
        secrets.append(secret)
        position = hole.end()
    text.append(template[position:])
    pattern.append(re.escape(template[position:]))
    return Case(family, template, "".join(text), tuple(secrets), re.compile("".join(pattern)))


def read_templates(name):
    family = ""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("@ "):
            family = line[2:]
        elif line and not line.startswith("# One") and not line.startswith("# Everything"):
            yield family, line


def keyed_cases(seed=1):
    maker = Maker(seed)
    return [make_case(family, line, maker) for family, line in read_templates("corpus_keyed.txt")]


def prose_cases(seed=2):
    maker = Maker(seed)
    return [make_case(family, line, maker) for family, line in read_templates("corpus_prose.txt")]


VENDOR_CONTEXTS = (
    "%s",
    "use %s to call it",
    'key = "%s"',
    "curl https://x.example/%s/y",
    "(%s)",
    "é%s字",
    '{\\"t\\":\\"%s\\"}',
    "a\\n%s\\nb",
    "x=%s,y=1",
    "`%s`",
)


def vendor_formats():
    for line in (FOLDER / "corpus_vendors.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            vendor, _, template = line.partition(": ")
            yield vendor, template


def vendor_cases(seed=3):
    """Each vendor's token alone and in contexts; what surrounds it is not judged here."""
    maker = Maker(seed)
    cases = []
    for number, (vendor, template) in enumerate(vendor_formats()):
        contexts = (VENDOR_CONTEXTS[0], VENDOR_CONTEXTS[1 + number % (len(VENDOR_CONTEXTS) - 1)])
        for context in contexts:
            token = maker.fill(template)
            # A URL keeps its host: the secret is its last long run.
            parts = re.split(r"[/?&=@]", token)
            secret = max(parts[-3:], key=len) if "://" in token else token
            before, after = context.split("%s")
            pattern = re.escape(before) + r".*\[REDACTED:[A-Z0-9_]+\].*" + re.escape(after)
            cases.append(
                Case(
                    "vendor",
                    f"{vendor} in {context}",
                    before + token + after,
                    (secret,),
                    re.compile(pattern, re.S),
                )
            )
    return cases


def encoded_cases(seed=4):
    """The keyed texts once more, encoded as they travel."""
    maker = Maker(seed)
    encoders = {
        "json in json": lambda t: json.dumps(t),
        "json in json in json": lambda t: json.dumps(json.dumps(t)),
        "url-encoded": lambda t: urllib.parse.quote(t),
        "url-encoded plus": lambda t: urllib.parse.quote_plus(t),
        "html": lambda t: (
            t.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
        ),
        "base64": lambda t: base64.b64encode(t.encode()).decode(),
        "base64 url-safe": lambda t: base64.urlsafe_b64encode(t.encode()).decode(),
        "unicode escapes": lambda t: (
            t.replace('"', "\\u0022").replace("=", "\\u003d").replace("&", "\\u0026")
        ),
        "zero-width": lambda t: "\u200b".join(t),
        "full-width": lambda t: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t),
    }
    bases = (
        '{"password":"«pw»","user":"bob"}',
        "DB_PASSWORD=«pw»",
        "api_key=«alnum32»&user=bob",
        "https://bob:«pw»@example.org/x",
        "Authorization: Bearer «alnum40»",
        "password: «pw»",
        '{"client_secret": "«alnum32»"}',
        "token=«hex40»",
    )
    cases = []
    for name, encode in encoders.items():
        for base in bases:
            case = make_case("encoded", base, maker)
            text = encode(case.text)
            secrets = case.secrets if name not in ("base64", "base64 url-safe") else (text,)
            if name in ("zero-width", "full-width"):
                secrets = tuple(encode(secret) for secret in case.secrets)
            cases.append(
                Case("encoded", f"{name}: {base}", text, secrets, re.compile(".*REDACTED.*", re.S))
            )
    return cases


def harmless_texts():
    for line in (FOLDER / "corpus_harmless.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("# One"):
            yield line.replace("\\n", "\n")
