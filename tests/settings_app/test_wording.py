"""A wording that was shown is never edited: its hash stands in ledgers."""

from settings_app.wording import ALL_WORDINGS, find_wording

# Only ever added to.
SHOWN = {
    (
        "training-consent",
        1,
        "en",
    ): "746a6ad118153473716dc4379de70720b553001066f44d012c00a0466ec63a97",
    (
        "training-consent-withdrawal",
        1,
        "en",
    ): "95954163b8151fdfdf97a7916cb36cd666f3887496ca4627353ceb3cc7539eaf",
    ("capture-on", 1, "en"): "29c2322c62b508e1b7b6202eaf450518ed1878a3d38c8db683bd526d6c056547",
    ("capture-off", 1, "en"): "1cb224580db936c9897a883311ce140b1bb02f739a688e887a8a92081f603c08",
    ("examples-kept", 1, "en"): "a5728a901b4381a7abd2794f0d969be5fa1b7153d8fcb07673dd37450a88d5c3",
    (
        "examples-purged",
        1,
        "en",
    ): "7de234d5c26d435c7b932fa30e2bf916434b0f38a75fa06e67fed5b0c4a28d79",
}


def test_every_wording_still_has_the_hash_it_was_shown_with() -> None:
    assert {
        (wording.name, wording.version, wording.language): wording.sha256
        for wording in ALL_WORDINGS
    } == SHOWN


def test_a_wording_is_found_by_what_a_ledger_row_names() -> None:
    for wording in ALL_WORDINGS:
        found = find_wording(name=wording.name, version=wording.version, language=wording.language)
        assert found is wording


def test_an_unknown_wording_is_not_found() -> None:
    assert find_wording(name="training-consent", version=99, language="en") is None
