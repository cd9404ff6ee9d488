"""Check digits of numbers that name a person or an account. Each takes the bare characters."""

from __future__ import annotations

import re

_DIHEDRAL = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_PERMUTED = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21,
    "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24,
    "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29,
    "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24,
    "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
_CARD = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})$|5[1-5]\d{14}$|2[2-7]\d{14}$|3[47]\d{13}$|6(?:011|5\d\d|4[4-9]\d)\d{12}$"
    r"|35\d{14}$|3(?:0[0-5]|[68]\d)\d{11}$|62\d{14,17}$|(?:50|5[6-9]|6[37])\d{10,17}$"
)


def luhn(digits):
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def is_card(digits):
    """A payment card's number: a known issuer's beginning and length, and the Luhn digit."""
    return bool(_CARD.match(digits)) and len(set(digits)) > 1 and luhn(digits)


def is_iban(characters):
    """ISO 13616: a country's length, and modulo 97."""
    if _IBAN_LENGTHS.get(characters[:2]) != len(characters):
        return False
    moved = characters[4:] + characters[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def weighted(digits, weights, modulus):
    return sum(int(d) * w for d, w in zip(digits, weights)) % modulus


def is_ssn(digits):
    """United States: areas, groups and serials that were never issued are none."""
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def is_cpf(digits):
    """Brazil, Cadastro de Pessoas Físicas."""
    if len(set(digits)) == 1:
        return False
    for size in (9, 10):
        rest = weighted(digits, range(size + 1, 1, -1), 11)
        if int(digits[size]) != (0 if rest < 2 else 11 - rest):
            return False
    return True


def is_dni(characters):
    """Spain, DNI and NIE: the letter is the number modulo 23."""
    number = characters[:-1]
    number = {"X": "0", "Y": "1", "Z": "2"}.get(number[0], number[0]) + number[1:]
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == characters[-1]


def is_nir(digits):
    """France, numéro de sécurité sociale: 97 minus the number modulo 97."""
    number = digits[:13].replace("2A", "19").replace("2B", "18")
    return digits[0] in "12" and 97 - int(number) % 97 == int(digits[13:])


def is_codice_fiscale(characters):
    """Italy: odd and even places are weighted by their own tables."""
    odd = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", _ODD))
    total = 0
    for place, character in enumerate(characters[:15]):
        total += (
            odd[character]
            if place % 2 == 0
            else int(character, 36) % 10
            if character.isdigit()
            else ord(character) - 65
        )
    return chr(65 + total % 26) == characters[15]


_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)  # fmt: skip


def is_aadhaar(digits):
    """India: the Verhoeff digit."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_DIHEDRAL[check][int(_PERMUTED[place % 8][int(digit)])])
    return check == 0 and digits[0] not in "01"


def is_chinese_id(characters):
    """China, GB 11643-1999: modulo 11 with X for ten."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    month = int(characters[10:12])
    return 1 <= month <= 12 and "10X98765432"[weighted(characters, weights, 11)] == characters[17]


def is_ahv(digits):
    """Switzerland: the EAN-13 digit."""
    return (10 - weighted(digits[:12], (1, 3) * 6, 10)) % 10 == int(digits[12])


def is_belgian(digits):
    """Belgium: 97 minus the number modulo 97, with a 2 before it from 2000 on."""
    check = int(digits[9:])
    return check in (97 - int(digits[:9]) % 97, 97 - int("2" + digits[:9]) % 97)


def is_pesel(digits):
    """Poland."""
    month = int(digits[2:4]) % 20
    return 1 <= month <= 12 and weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), 10) == 0


def is_bsn(digits):
    """The Netherlands: the eleven test."""
    return weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), 11) == 0


def is_tax_id(digits):
    """Germany, steuerliche Identifikationsnummer: ISO 7064, MOD 11,10."""
    product = 10
    for digit in digits[:10]:
        rest = (int(digit) + product) % 10 or 10
        product = rest * 2 % 11
    return digits[0] != "0" and (11 - product) % 10 == int(digits[10])


def is_personnummer(digits):
    """Sweden: the Luhn digit of the last ten, and a possible birthday."""
    digits = digits[-10:]
    return 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) % 60 <= 31 and luhn(digits)


def is_hetu(characters):
    """Finland: the number modulo 31."""
    number = int(characters[:6] + characters[7:10])
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31] == characters[10]


def is_korean(digits):
    """South Korea, resident registration number: a possible birthday, and modulo 11."""
    check = (11 - weighted(digits[:12], (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), 11)) % 10
    return _is_day(digits[2:4], digits[4:6]) and check == int(digits[12])


def is_cnpj(digits):
    """Brazil, Cadastro Nacional da Pessoa Jurídica."""
    for size in (12, 13):
        weights = [(size - place - 1) % 8 + 2 for place in range(size)]
        rest = weighted(digits, weights, 11)
        if int(digits[size]) != (0 if rest < 2 else 11 - rest):
            return False
    return True


def is_rodne(digits):
    """Czechia and Slovakia: ten digits that 11 divides; women's months are raised by 50."""
    return int(digits) % 11 == 0 and _is_day(str(int(digits[2:4]) % 50 % 20), digits[4:6])


def is_norwegian(digits):
    """Norway, fødselsnummer: two digits modulo 11."""
    first = -weighted(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2), 11) % 11
    second = -weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 11) % 11
    return digits[9:] == f"{first}{second}"


def is_estonian(digits):
    """Estonia, isikukood: modulo 11, with a second row of weights."""
    check = weighted(digits, (1, 2, 3, 4, 5, 6, 7, 8, 9, 1), 11)
    if check == 10:
        check = weighted(digits, (3, 4, 5, 6, 7, 8, 9, 1, 2, 3), 11) % 10
    return (
        "1" <= digits[0] <= "8" and _is_day(digits[3:5], digits[5:7]) and check == int(digits[10])
    )


def _is_day(month, day):
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31
