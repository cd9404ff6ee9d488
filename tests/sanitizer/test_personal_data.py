"""The second layer: personal data that has a form, and what only looks like it."""

import pytest

from training.sanitizer import sanitize_payload

PERSONAL = [
    ("EMAIL", "write to ", "jane.doe@example.org", " today"),
    ("EMAIL", "From: Jane <", "jane+work@mail.example.co.uk", ">"),
    ("EMAIL", '{"email":"', "j_doe99@example.com", '"}'),
    ("EMAIL", "user=", "jane%40example.org".replace("%40", "@"), "&x=1"),
    ("EMAIL", "q=", "jane%40example.org", "&x=1"),
    ("EMAIL", "(", "o'neil@example.ie", ")"),
    ("PHONE", "call ", "+49 30 1234567", ""),
    ("PHONE", "call ", "+1 (415) 555-2671", "."),
    ("PHONE", "tel:", "+442079460958", ""),
    ("PHONE", "Phone: ", "415-555-2671", ""),
    ("PHONE", "Phone: ", "(415) 555-2671", ""),
    ("PHONE", "mobile ", "07700 900123", ""),
    ("PHONE", "fon ", "030/1234567", ""),
    ("PHONE", "Tél. ", "06 12 34 56 78", ""),
    ("PHONE", "whatsapp: ", "+91 98765 43210", ""),
    ("PHONE", "ring ", "020 7946 0958", " now"),
    ("PHONE", "phone=", "4155552671", ""),
    ("PHONE", "Handy: ", "0171 2345678", ""),
    ("CARD_NUMBER", "card ", "4111 1111 1111 1111", ""),
    ("CARD_NUMBER", "card=", "5555555555554444", "&cvc=1"),
    ("CARD_NUMBER", "amex ", "378282246310005", ""),
    ("CARD_NUMBER", '"', "6011-1111-1111-1117", '"'),
    ("CARD_NUMBER", "jcb ", "3530111333300000", ""),
    ("IBAN", "to ", "DE89 3704 0044 0532 0130 00", ", please"),
    ("IBAN", "iban:", "GB82WEST12345698765432", ""),
    ("IBAN", "", "FR1420041010050500013M02606", ""),
    ("IBAN", "an ", "NL91 ABNA 0417 1643 00", " zahlen"),
    ("IBAN", "", "CH93 0076 2011 6238 5295 7", ""),
    ("NATIONAL_ID", "SSN ", "536-22-1234", ""),
    ("NATIONAL_ID", "ssn: ", "536221234", ""),
    ("NATIONAL_ID", "CPF ", "529.982.247-25", ""),
    ("NATIONAL_ID", "NI ", "AB 12 34 56 C", ""),
    ("NATIONAL_ID", "DNI ", "12345678Z", ""),
    ("NATIONAL_ID", "NIE ", "X1234567L", ""),
    ("NATIONAL_ID", "CF ", "RSSMRA85T10A562S", ""),
    ("NATIONAL_ID", "AHV ", "756.9217.0769.85", ""),
    ("NATIONAL_ID", "", "85.07.30-033.28", ""),
    ("NATIONAL_ID", "id ", "11010519491231002X", ""),
    ("NATIONAL_ID", "PESEL: ", "44051401359", ""),
    ("NATIONAL_ID", "BSN ", "111222333", ""),
    ("NATIONAL_ID", "Steuer-ID ", "86095742719", ""),
    ("NATIONAL_ID", "hetu ", "131052-308T", ""),
    ("NATIONAL_ID", "Aadhaar ", "2341 2341 2346", ""),
    ("IP_ADDRESS", "from ", "203.0.113.77", " at"),
    ("IP_ADDRESS", "ssh bob@", "192.168.1.77", ""),
    ("IP_ADDRESS", "http://", "198.51.100.23", ":8080/"),
    ("IP_ADDRESS", "client ", "2001:db8:85a3::8a2e:370:7334", " up"),
    ("IP_ADDRESS", "[", "fe80::1ff:fe23:4567:890a", "]"),
    ("HOME_FOLDER", "cd /home/", "jane", "/project"),
    ("HOME_FOLDER", "/Users/", "jane.doe", "/code"),
    ("HOME_FOLDER", "C:\\Users\\", "Jane", "\\Desktop"),
    ("HOME_FOLDER", '"C:\\\\Users\\\\', "jdoe", '\\\\AppData"'),
    ("HOME_FOLDER", "file:///home/", "jdoe", "/x.py"),
]

LOOK_ALIKES = [
    "git@github.com:owner/repo.git",
    "npm i @scope/package@1.2.3",
    "logo@2x.png",
    "systemctl start app@1.service",
    "@decorator.method",
    "user@host",
    "version 10.4.12.7",
    "Chrome/120.0.6099.129",
    "pip install x==2.31.0.6",
    "127.0.0.1:8000",
    "0.0.0.0",
    "netmask 255.255.255.0",
    "1.2.3.4",
    "2024-01-02 10:20:30",
    "01/02/2024 10:20",
    "2024.01.02",
    "order 12345678901234",
    "card 4111 1111 1111 1112",
    "id 1234567890123456",
    "16 digits 1111111111111111",
    "DE89 3704 0044 0532 0130 01",
    "SSN 000-12-3456",
    "666-12-3456",
    "CPF 529.982.247-26",
    "12345678A is no DNI",
    "commit 3f2a9c1b7d8e4f5a6b7c8d9e0f1a2b3c4d5e6f70",
    "550e8400-e29b-41d4-a716-446655440000",
    "12:34:56 and 23:59:59.123",
    "std::vector<int>::iterator",
    "00:1b:44:11:3a:b7",
    "a::b::c",
    "/home/runner/build/repo",
    "/home/user/project",
    "/Users/Shared/x",
    "C:\\Users\\Public\\x",
    "/home/$USER/x",
    "/homepage/index.html",
    "1234567890",
    "timestamp 1700000000000",
    "3.14159265358979",
    "100 200 300 400",
    "1,234,567.89",
    "0.123456789",
    "size 1048576 bytes",
    "ISBN 978-3-16-148410-0",
    "line 1234-1240",
    "port 5432-5440",
    "EAN 4006381333931",
    "2001 A Space Odyssey",
    "pages 100-200-300",
    "[10, 20, 30, 40, 50]",
    "x = 0.5 - 0.25 / 3",
]


@pytest.mark.parametrize(("kind", "before", "value", "after"), PERSONAL)
def test_it_redacts_personal_data(kind, before, value, after):
    result = sanitize_payload(before + value + after, personal_data=True)
    assert result.sanitized == f"{before}[REDACTED:{kind}]{after}"


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_it_leaves_what_only_looks_like_it(text):
    assert sanitize_payload(text, personal_data=True).findings == ()


@pytest.mark.parametrize(("kind", "before", "value", "after"), PERSONAL)
def test_it_leaves_personal_data_when_the_layer_is_off(kind, before, value, after):
    assert value in sanitize_payload(before + value + after).sanitized
