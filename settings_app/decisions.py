"""What a person and a tenant can decide. Each verb writes decision, ledger row and effect in one transaction.

Locks are taken in one order everywhere: the settings or preferences row (which captures hold FOR SHARE), then the
tenant's chain, then the examples that are deleted. So captures, decisions and deletions cannot deadlock.

A verb that must delete examples is handed an `erase` function by the app that has them: it runs inside the
transaction, with new captures shut out, and returns what it deleted, as ids and counts for the ledger.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from accounts.models import Tenant, User
from settings_app import wording
from settings_app.ledger import hold_chain
from settings_app.models import ConsentRecord, Decision, SiteSettings, Surface, UserPreferences

type Erase = Callable[[], dict[str, object]]


class DecisionRefused(Exception):
    """The decision does not fit the present state. The message says why and is fit to be shown."""


@transaction.atomic
def give_consent(*, user: User, surface: Surface) -> ConsentRecord:
    """The person consents to the newest wording, in their present tenant. Again: changes and records nothing.

    Raises `DecisionRefused` for a platform operator, who belongs to no tenant.
    """
    tenant_id = _tenant_id_of(user)
    preferences = _hold_preferences(user)
    record = preferences.consent_record
    if preferences.training_data_consent and record is not None and record.tenant_id == tenant_id:
        return record
    record = hold_chain(tenant_id).append(
        decision=Decision.CONSENT_GIVEN,
        wording=wording.CONSENT,
        surface=surface,
        actor_id=user.pk,
        subject_id=user.pk,
    )
    _decide_consent(preferences, record, consents=True)
    return record


@transaction.atomic
def withdraw_consent(*, user: User, surface: Surface, erase: Erase) -> ConsentRecord | None:
    """The person withdraws, and what was captured from them is erased in the same transaction.

    None when there was no consent to withdraw. Raises `DecisionRefused` as `give_consent` does.
    """
    tenant_id = _tenant_id_of(user)
    preferences = _hold_preferences(user)
    if not preferences.training_data_consent:
        return None
    chain = hold_chain(tenant_id)
    record = chain.append(
        decision=Decision.CONSENT_WITHDRAWN,
        wording=wording.CONSENT_WITHDRAWAL,
        surface=surface,
        actor_id=user.pk,
        subject_id=user.pk,
        effect=erase(),
    )
    _decide_consent(preferences, record, consents=False)
    return record


@transaction.atomic
def switch_capture_on(*, tenant: Tenant, actor: User | None, surface: Surface) -> ConsentRecord:
    """The tenant allows capture of those who consent. Again: changes and records nothing."""
    site_settings = _hold_site_settings(tenant)
    record = site_settings.capture_record
    if site_settings.training_data_capture_enabled and record is not None:
        return record
    return _switch(site_settings, Decision.CAPTURE_ON, wording.CAPTURE_ON, actor, surface)


@transaction.atomic
def switch_capture_off(
    *, tenant: Tenant, actor: User | None, surface: Surface
) -> ConsentRecord | None:
    """The tenant stops capture, from this commit on. None when it was off already.

    What was captured stays until `keep_examples` or `purge_examples` is called: stopping must not wait for that
    question to be answered.
    """
    site_settings = _hold_site_settings(tenant)
    if not site_settings.training_data_capture_enabled:
        return None
    return _switch(site_settings, Decision.CAPTURE_OFF, wording.CAPTURE_OFF, actor, surface)


@transaction.atomic
def keep_examples(*, tenant: Tenant, actor: User | None, surface: Surface) -> ConsentRecord:
    """Record that the examples captured before the switch-off stay.

    Raises `DecisionRefused` while capture is on.
    """
    _hold_switched_off(tenant)
    return hold_chain(tenant.pk).append(
        decision=Decision.EXAMPLES_KEPT,
        wording=wording.EXAMPLES_KEPT,
        surface=surface,
        actor_id=_id_of(actor),
    )


@transaction.atomic
def purge_examples(
    *, tenant: Tenant, actor: User | None, surface: Surface, erase: Erase
) -> ConsentRecord:
    """Erase all that was captured in the tenant, and record it. Raises `DecisionRefused` while capture is on."""
    _hold_switched_off(tenant)
    return hold_chain(tenant.pk).append(
        decision=Decision.EXAMPLES_PURGED,
        wording=wording.EXAMPLES_PURGED,
        surface=surface,
        actor_id=_id_of(actor),
        effect=erase(),
    )


def _switch(
    site_settings: SiteSettings,
    decision: Decision,
    shown: wording.Wording,
    actor: User | None,
    surface: Surface,
) -> ConsentRecord:
    record = hold_chain(site_settings.tenant_id).append(
        decision=decision, wording=shown, surface=surface, actor_id=_id_of(actor)
    )
    site_settings.training_data_capture_enabled = decision == Decision.CAPTURE_ON
    site_settings.capture_record = record
    site_settings.save(
        update_fields=["training_data_capture_enabled", "capture_record", "updated_at"]
    )
    return record


def _decide_consent(preferences: UserPreferences, record: ConsentRecord, *, consents: bool) -> None:
    preferences.training_data_consent = consents
    preferences.consent_record = record
    preferences.save(update_fields=["training_data_consent", "consent_record", "updated_at"])


def _hold_preferences(user: User) -> UserPreferences:
    preferences, _ = UserPreferences.objects.select_for_update().get_or_create(user=user)
    return preferences


def _hold_site_settings(tenant: Tenant) -> SiteSettings:
    site_settings, _ = SiteSettings.objects.select_for_update().get_or_create(tenant=tenant)
    return site_settings


def _hold_switched_off(tenant: Tenant) -> None:
    if _hold_site_settings(tenant).training_data_capture_enabled:
        raise DecisionRefused("Switch capture off first: what is still being captured would stay.")


def _tenant_id_of(user: User) -> UUID:
    if user.tenant_id is None:
        raise DecisionRefused(
            "A platform operator belongs to no organisation and is never captured."
        )
    return user.tenant_id


def _id_of(actor: User | None) -> UUID | None:
    return None if actor is None else actor.pk
