"""The admin site of preferences and the ledger: to be read. The settings themselves are in training.consent.admin."""

from django.contrib import admin

from accounts.tenant_admin import OperatorsSee, TenantScopedAdmin
from settings_app.ledger import canonical
from settings_app.models import ConsentRecord, UserPreferences
from settings_app.wording import find_wording


@admin.register(UserPreferences)
class UserPreferencesAdmin(OperatorsSee, TenantScopedAdmin):
    """Read-only: a consent is its person's, and their notes are theirs alone and not shown at all."""

    tenant_lookup = "user__tenant_id"
    never_looked_up = frozenset({"claude_md_workflow_notes"})
    list_display = ["user", "training_data_consent", "decided_at", "default_sort", "updated_at"]
    list_filter = ["training_data_consent", "default_sort"]
    search_fields = ["user__username", "user__email"]
    list_select_related = ["user__tenant", "consent_record"]
    operator_columns = ("tenant",)
    operator_filters = (("user__tenant", admin.RelatedOnlyFieldListFilter),)
    fields = [
        "user",
        "training_data_consent",
        "decided_at",
        "preferred_categories",
        "default_sort",
        "updated_at",
    ]

    @admin.display(ordering="consent_record__recorded_at", description="decided at")
    def decided_at(self, preferences: UserPreferences) -> object:
        return preferences.consent_record and preferences.consent_record.recorded_at

    @admin.display(ordering="user__tenant__name")
    def tenant(self, preferences: UserPreferences) -> str:
        return str(preferences.user.tenant)


@admin.register(ConsentRecord)
class ConsentRecordAdmin(OperatorsSee, TenantScopedAdmin):
    """The ledger, as it stands: nothing here can be changed, not even by the database."""

    list_display = [
        "sequence",
        "recorded_at",
        "decision",
        "subject_id",
        "actor_id",
        "surface",
        "wording_name",
        "wording_version",
    ]
    list_filter = ["decision", "surface", "recorded_at"]
    search_fields = ["=subject_id", "=actor_id", "=record_hash"]
    ordering = ["-recorded_at", "-sequence"]
    operator_columns = ("tenant_id",)
    operator_filters = ()
    fields = [
        "sequence",
        "recorded_at",
        "tenant_id",
        "decision",
        "subject_id",
        "actor_id",
        "surface",
        "language",
        "wording_name",
        "wording_version",
        "wording_sha256",
        "words_shown",
        "effect",
        "previous_hash",
        "record_hash",
        "hashed_text",
    ]

    @admin.display(description="words shown")
    def words_shown(self, record: ConsentRecord) -> str:
        wording = find_wording(
            name=record.wording_name, version=record.wording_version, language=record.language
        )
        return wording.text if wording else "not among this program's words"

    @admin.display(description="what the hash is of")
    def hashed_text(self, record: ConsentRecord) -> str:
        return canonical(record)
