"""By what numbers an example's near-copies are found."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Fingerprint(models.Model):
    """The MinHash bands of an example's text (training.near_duplicates); two near-copies share at least one.

    No text can be read from it. It goes with its example.
    """

    # The migration makes the constraint itself, ON DELETE CASCADE in the database.
    feedback = models.OneToOneField(
        "training.SkillFeedback",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="fingerprint",
        db_constraint=False,
    )
    keys = ArrayField(models.BigIntegerField())

    class Meta:
        # Without the list of pending entries: it is read from end to end by every search, and searches follow inserts.
        indexes = [GinIndex(fields=["keys"], name="fingerprint_by_key", fastupdate=False)]

    def __str__(self) -> str:
        return f"Fingerprint of {self.feedback_id}"
