"""The words that states are stored in."""

from django.db import models


class FeedbackType(models.TextChoices):
    TRAINING_EXAMPLE = "training_example", "Training example"
    THUMBS_UP = "thumbs_up", "Thumbs up"
    THUMBS_DOWN = "thumbs_down", "Thumbs down"


class Status(models.TextChoices):
    PENDING = "pending", "Pending"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"


class Source(models.TextChoices):
    WEB = "web", "Golden"
    USAGE_CAPTURE = "usage_capture", "Captured"


class Split(models.TextChoices):
    """Which side of a fine-tuning an example is on; `HELD_OUT` is on none (training.splits says when)."""

    TRAIN = "train", "Train"
    VALIDATION = "validation", "Validation"
    TEST = "test", "Test"
    HELD_OUT = "held_out", "Held out"
