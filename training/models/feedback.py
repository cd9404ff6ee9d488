"""What people say of a skill. Its most valuable kind is the training example: an input, and what came of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.deletion import Collector
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models import Tenant, User
from settings_app.models import ConsentRecord
from skills.models import Skill
from training.content_hash import content_hash
from training.models.choices import FeedbackType, Source, Split, Status
from training.models.querysets import SkillFeedbackQuerySet
from training.models.revision import Action, Revision
from training.redaction import count_marks, redact


def keep_golden_only(
    collector: Collector,
    field: "models.ForeignKey[Any, Any]",
    sub_objs: "models.QuerySet[SkillFeedback]",
    using: str,
) -> None:
    """On a person's deletion: what was captured from them goes, what they wrote as an author stays, unnamed."""
    models.CASCADE(collector, field, sub_objs.filter(source=Source.USAGE_CAPTURE), using)
    models.SET_NULL(collector, field, sub_objs.exclude(source=Source.USAGE_CAPTURE), using)


# What a decision changes, and what an edit may change besides: as the revision's fields are named.
STATE = ("status", "quality_score", "review_notes", "reviewed_by_id", "reviewed_at")
TEXTS = ("example_input", "expected_output", "redactions", "sanitizer_version")


class StaleDecision(Exception):
    """Somebody else changed the example since the reviewer saw it. `current` is the example as it is now."""

    def __init__(self, current: "SkillFeedback") -> None:
        super().__init__("The example has changed since it was shown.")
        self.current = current


class NothingToUndo(Exception):
    """The example has no decision left that could be undone."""


class SkillFeedback(models.Model):
    """Texts here have passed the sanitizer; `redactions` counts what it removed, by kind, never the values."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="feedback")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="feedback")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=keep_golden_only,
        related_name="feedback",
        null=True,
        blank=True,
    )
    feedback_type = models.CharField(max_length=20, choices=FeedbackType.choices)
    tool_name = models.CharField(max_length=200, blank=True, default="")
    example_input = models.TextField(blank=True, default="")
    example_output = models.TextField(blank=True, default="")
    expected_output = models.TextField(blank=True, default="")
    quality_score = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    source = models.CharField(max_length=20, choices=Source.choices)
    # Not a foreign key: events are pruned, what was learned from them stays.
    usage_event_id = models.UUIDField(null=True, blank=True, unique=True)
    # The two ledger rows a captured example rests on: the tenant's switch and the person's consent.
    capture_record = models.ForeignKey(
        ConsentRecord,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )
    consent_record = models.ForeignKey(
        ConsentRecord,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_notes = models.TextField(blank=True, default="")
    # Counts up with every change; a decision made on an older one is refused.
    version = models.PositiveIntegerField(default=1, editable=False)
    # Counts up with every change of a text; the texts before stand in the revisions.
    text_number = models.PositiveIntegerField(default=1, editable=False)
    # Of the text as it is now (training.content_hash), and as it came in: a twin of that one is refused.
    content_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    twin_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    times_seen = models.PositiveIntegerField(default=1, editable=False)
    # The near-copies that it belongs to (the id of their first), and the side they are all on.
    cluster_id = models.UUIDField(null=True, blank=True, editable=False)
    split = models.CharField(
        max_length=10, choices=Split.choices, blank=True, default="", editable=False
    )
    redactions = models.JSONField(default=dict, blank=True)
    sanitizer_version = models.CharField(max_length=20, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SkillFeedbackQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "skill feedback"
        indexes = [
            models.Index(fields=["skill", "status", "-created_at"], name="feedback_by_skill"),
            models.Index(fields=["user", "source"], name="feedback_by_person"),
            models.Index(fields=["skill", "content_hash"], name="feedback_by_content"),
            models.Index(fields=["skill", "cluster_id"], name="feedback_by_cluster"),
            # The mean score of every skill, for lists that are sorted by it, without reading the texts.
            models.Index(
                fields=["skill"],
                include=["quality_score"],
                condition=models.Q(status="approved", quality_score__isnull=False),
                name="feedback_quality",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="feedback_quality_1_to_10",
                condition=models.Q(quality_score__isnull=True)
                | models.Q(quality_score__range=(1, 10)),
            ),
            models.CheckConstraint(
                name="feedback_status_known", condition=models.Q(status__in=Status.values)
            ),
            models.CheckConstraint(
                name="feedback_split_known",
                condition=models.Q(split__in=["", *Split.values]),
            ),
            # What a person captured from is theirs to withdraw: a colleague's twin is a row of its own.
            models.UniqueConstraint(
                name="feedback_capture_once_per_person",
                fields=["skill", "user", "twin_hash"],
                condition=models.Q(source=Source.USAGE_CAPTURE) & ~models.Q(twin_hash=""),
            ),
            models.UniqueConstraint(
                name="feedback_golden_once",
                fields=["skill", "content_hash"],
                condition=models.Q(source=Source.WEB) & ~models.Q(content_hash=""),
            ),
            models.CheckConstraint(
                name="feedback_capture_has_event_and_person",
                condition=~models.Q(source=Source.USAGE_CAPTURE)
                | models.Q(usage_event_id__isnull=False, user__isnull=False),
            ),
            models.CheckConstraint(
                name="feedback_capture_rests_on_two_decisions",
                condition=~models.Q(source=Source.USAGE_CAPTURE)
                | models.Q(capture_record__isnull=False, consent_record__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_feedback_type_display()} {self.pk}"

    @property
    def output(self) -> str:
        """The answer to learn: the expected one where a person gave it, else the one that was captured."""
        return self.expected_output or self.example_output

    @property
    def is_captured(self) -> bool:
        return self.source == Source.USAGE_CAPTURE

    def hash_content(self) -> str:
        return content_hash(
            skill_id=self.skill_id, example_input=self.example_input, output=self.output
        )

    def approve(self, *, reviewer: User, version: int, **changes: Any) -> Revision:
        """Let the example into the next release. `changes`: `quality_score`, when the reviewer gave one, and the
        `batch_id` of decisions that are undone together.

        Raises `StaleDecision` when the example is no longer at the version that the reviewer saw.
        """
        return self._decide(Status.APPROVED, Action.APPROVE, reviewer, version, changes)

    def reject(self, *, reviewer: User, version: int, **changes: Any) -> Revision:
        """Keep the example out of every later release. Takes and raises what `approve` does."""
        return self._decide(Status.REJECTED, Action.REJECT, reviewer, version, changes)

    def _decide(
        self,
        status: Status,
        action: Action,
        reviewer: User,
        version: int,
        changes: dict[str, Any],
    ) -> Revision:
        with transaction.atomic():
            self._lock(version)
            revision = self._remember(action, reviewer, batch_id=changes.get("batch_id"))
            self.status = status
            self.quality_score = changes.get("quality_score", self.quality_score)
            self._sign(reviewer, revision.made_at)
            self._store()
        return revision

    def edit(
        self,
        *,
        reviewer: User,
        version: int,
        example_input: str,
        expected_output: str,
        quality_score: int | None,
        review_notes: str,
        personal_data: bool,
    ) -> Revision:
        """Replace texts, quality and note; all texts are redacted first. What was replaced stays in the revision.

        An expected output equal to the captured one is stored as none: there is nothing to prefer over it.
        Raises `StaleDecision`, `SanitizerError` (nothing is stored then) and, when the new text is that of another
        golden example, `IntegrityError`.
        """
        clean = redact(
            example_input, expected_output, review_notes, personal_data=personal_data, limit=None
        )
        new_input, new_expected, new_notes = clean.texts
        if self.is_captured and new_expected == self.example_output:
            new_expected = ""
        with transaction.atomic():
            self._lock(version)
            is_new_text = (new_input, new_expected) != (self.example_input, self.expected_output)
            revision = self._remember(Action.EDIT, reviewer, with_text=is_new_text)
            self.quality_score = quality_score
            self.review_notes = new_notes
            if is_new_text:
                self.example_input = new_input
                self.expected_output = new_expected
                self.redactions = count_marks(new_input, self.example_output, new_expected)
                self.sanitizer_version = clean.sanitizer_version
                self._number_text()
            self._sign(reviewer, revision.made_at)
            self._store()
        return revision

    def undo(self, *, reviewer: User, version: int) -> Revision:
        """Take back the last decision that was not taken back yet; returns its revision.

        Raises `StaleDecision`, and `NothingToUndo` when the example is as it came in.
        """
        with transaction.atomic():
            self._lock(version)
            undone = self.revisions.undoable().newest_first().first()
            if undone is None:
                raise NothingToUndo
            # The text that the undone edit had made may be in a release: it is kept, like any replaced one.
            self._remember(Action.UNDO, reviewer, with_text=undone.replaced_text)
            undone.undone_at = timezone.now()
            undone.save(update_fields=["undone_at"])
            for name in STATE:
                setattr(self, name, getattr(undone, name))
            if undone.replaced_text:
                for name in TEXTS:
                    setattr(self, name, getattr(undone, name))
                self._number_text()
            self._store()
        return undone

    def _lock(self, version: int) -> None:
        current = type(self).objects.select_for_update(of=("self",)).get(pk=self.pk)
        if current.version != version:
            raise StaleDecision(current)
        self.refresh_from_db(from_queryset=type(self).objects.all())

    def _remember(
        self,
        action: Action,
        reviewer: User,
        *,
        with_text: bool = False,
        batch_id: UUID | None = None,
    ) -> Revision:
        kept = {name: getattr(self, name) for name in STATE}
        if with_text:
            kept |= {name: getattr(self, name) for name in (*TEXTS, "text_number", "content_hash")}
        return Revision.objects.create(
            feedback=self,
            version=self.version,
            action=action,
            made_by=reviewer,
            batch_id=batch_id,
            **kept,
        )

    def _sign(self, reviewer: User, moment: datetime) -> None:
        self.reviewed_by = reviewer
        self.reviewed_at = moment

    def _number_text(self) -> None:
        self.text_number += 1
        self.content_hash = self.hash_content()

    def _store(self) -> None:
        self.version += 1
        self.save()
