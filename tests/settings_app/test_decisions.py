"""Giving and withdrawing consent, switching capture on and off: the decision and its ledger row, together or not."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from settings_app.consent import Gate, hold_gate, read_gate
from settings_app.decisions import (
    DecisionRefused,
    give_consent,
    keep_examples,
    purge_examples,
    switch_capture_off,
    switch_capture_on,
    withdraw_consent,
)
from settings_app.models import ConsentRecord, Decision, SiteSettings, Surface, UserPreferences
from tests.factories import TenantFactory, UserFactory

PAGE = Surface.PREFERENCES_PAGE


def decisions() -> list[str]:
    return list(ConsentRecord.objects.order_by("recorded_at").values_list("decision", flat=True))


def gate_of(user: User) -> Gate:
    gate = read_gate(tenant_id=user.tenant_id, user_id=user.pk)
    with transaction.atomic():
        assert hold_gate(tenant_id=user.tenant_id, user_id=user.pk).gate is gate
    return gate


def nothing() -> dict:
    return {}


def test_without_any_row_the_gate_is_shut(bob: User) -> None:
    assert gate_of(bob) is Gate.TENANT_OFF


def test_both_must_say_yes(ada: User, bob: User) -> None:
    give_consent(user=bob, surface=PAGE)
    assert gate_of(bob) is Gate.TENANT_OFF

    switch_capture_on(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
    assert gate_of(bob) is Gate.OPEN
    assert gate_of(ada) is Gate.NO_CONSENT


def test_an_open_gate_names_the_two_ledger_rows_it_rests_on(ada: User, bob: User) -> None:
    on = switch_capture_on(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
    given = give_consent(user=bob, surface=PAGE)

    held = hold_gate(tenant_id=bob.tenant_id, user_id=bob.pk)

    assert (held.capture_record_id, held.consent_record_id) == (on.pk, given.pk)
    assert held.held_at >= given.recorded_at


def test_withdrawing_shuts_the_gate_and_erases_inside_the_decision(ada: User, bob: User) -> None:
    switch_capture_on(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
    give_consent(user=bob, surface=PAGE)

    record = withdraw_consent(user=bob, surface=PAGE, erase=lambda: {"deleted": 3})

    assert record is not None
    assert record.effect == {"deleted": 3}
    assert gate_of(bob) is Gate.NO_CONSENT


def test_a_withdrawal_whose_erasing_fails_did_not_happen(ada: User, bob: User) -> None:
    switch_capture_on(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
    give_consent(user=bob, surface=PAGE)

    def fail() -> dict:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        withdraw_consent(user=bob, surface=PAGE, erase=fail)

    assert gate_of(bob) is Gate.OPEN
    assert decisions() == [Decision.CAPTURE_ON, Decision.CONSENT_GIVEN]


def test_deciding_the_same_again_records_nothing(ada: User, bob: User) -> None:
    for _ in range(2):
        switch_capture_on(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
        give_consent(user=bob, surface=PAGE)
    for _ in range(2):
        withdraw_consent(user=bob, surface=PAGE, erase=nothing)
        switch_capture_off(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)

    assert decisions() == [
        Decision.CAPTURE_ON,
        Decision.CONSENT_GIVEN,
        Decision.CONSENT_WITHDRAWN,
        Decision.CAPTURE_OFF,
    ]


def test_switching_off_leaves_peoples_consent_as_it_is(ada: User, bob: User) -> None:
    give_consent(user=bob, surface=PAGE)
    switch_capture_on(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
    switch_capture_off(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
    assert gate_of(bob) is Gate.TENANT_OFF

    switch_capture_on(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
    assert gate_of(bob) is Gate.OPEN


def test_keeping_or_purging_waits_for_the_switch_off(ada: User) -> None:
    switch_capture_on(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
    who = {"tenant": ada.tenant, "actor": ada, "surface": Surface.CAPTURE_PAGE}

    with pytest.raises(DecisionRefused):
        keep_examples(**who)
    with pytest.raises(DecisionRefused):
        purge_examples(**who, erase=nothing)

    switch_capture_off(**who)
    keep_examples(**who)
    purge_examples(**who, erase=lambda: {"deleted": 7})
    last = ConsentRecord.objects.order_by("sequence").last()
    assert (last.decision, last.effect) == (Decision.EXAMPLES_PURGED, {"deleted": 7})


def test_consent_does_not_follow_a_person_into_another_tenant(ada: User, bob: User) -> None:
    give_consent(user=bob, surface=PAGE)
    bob.tenant = TenantFactory()
    bob.save()
    switch_capture_on(tenant=bob.tenant, actor=None, surface=Surface.COMMAND)

    assert gate_of(bob) is Gate.NO_CONSENT

    give_consent(user=bob, surface=PAGE)
    assert gate_of(bob) is Gate.OPEN


def test_a_platform_operator_has_nothing_to_consent_to(db: None) -> None:
    operator = UserFactory(tenant=None, is_superuser=True)

    with pytest.raises(DecisionRefused):
        give_consent(user=operator, surface=PAGE)


def test_the_database_refuses_a_consent_without_its_ledger_row(bob: User) -> None:
    with pytest.raises(IntegrityError, match="follows the newest ledger row"), transaction.atomic():
        UserPreferences.objects.create(user=bob, training_data_consent=True)


def test_the_database_refuses_a_switch_without_its_ledger_row(ada: User) -> None:
    with pytest.raises(IntegrityError, match="follows the newest ledger row"), transaction.atomic():
        SiteSettings.objects.create(tenant=ada.tenant, training_data_capture_enabled=True)


def test_a_row_read_before_the_withdrawal_cannot_write_the_consent_back(bob: User) -> None:
    give_consent(user=bob, surface=PAGE)
    stale = UserPreferences.objects.get(user=bob)
    withdraw_consent(user=bob, surface=PAGE, erase=nothing)

    with pytest.raises(IntegrityError, match="follows the newest ledger row"), transaction.atomic():
        stale.save()

    assert not UserPreferences.objects.get(user=bob).training_data_consent


def test_a_row_read_before_the_switch_off_cannot_switch_on_again(ada: User) -> None:
    switch_capture_on(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
    stale = SiteSettings.objects.get(tenant=ada.tenant)
    switch_capture_off(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)

    with pytest.raises(IntegrityError, match="follows the newest ledger row"), transaction.atomic():
        stale.save()

    assert not SiteSettings.objects.get(tenant=ada.tenant).training_data_capture_enabled


def test_a_consent_cannot_rest_on_another_persons_ledger_row(ada: User, bob: User) -> None:
    record = give_consent(user=bob, surface=PAGE)

    with pytest.raises(IntegrityError, match="follows the newest ledger row"), transaction.atomic():
        UserPreferences.objects.create(user=ada, training_data_consent=True, consent_record=record)
