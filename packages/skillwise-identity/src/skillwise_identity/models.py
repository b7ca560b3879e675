"""People, what was done to their accounts, and the mails they get."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Concat, Lower
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id

from skillwise_identity.domain.people import MAX_NAME_LENGTH
from skillwise_identity.dto import Role

__all__ = ["AccountAction", "MailRequest", "MailToken", "Notification", "Recipient", "User", "UserManager"]

ROLES = [role.value for role in Role]

UNIQUE_EMAIL = "identity_user_email_unique"
"""The unique index on lower(email), by the name under which PostgreSQL reports a breach."""


class UserManager(BaseUserManager["User"]):
    def with_email(self, email: str) -> "models.QuerySet[User]":
        """The one user with this address, in whatever case it is written. PostgreSQL folds both sides."""
        return self.alias(folded_email=Lower("email")).filter(folded_email=Lower(models.Value(email)))

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.with_email(username or "").get()


class User(AbstractBaseUser):
    """A person with an account. Suspended accounts keep their data and can do nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField("e-mail address", max_length=254)
    full_name = models.CharField(max_length=MAX_NAME_LENGTH)
    roles = ArrayField(models.CharField(max_length=20, choices=[(role, role) for role in ROLES]))
    email_verified_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspension_reason = models.CharField(max_length=500, blank=True, default="")
    session_generation = models.PositiveIntegerField(
        default=1, help_text="Tokens of an earlier generation are refused: raising it ends every session."
    )
    version = models.PositiveIntegerField(
        default=1, help_text="Grows with every change that a reader can see."
    )
    created_at = models.DateTimeField(default=now, editable=False)

    searchable = models.GeneratedField(
        expression=Lower(Concat("full_name", models.Value(" "), "email", output_field=models.TextField())),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name=UNIQUE_EMAIL),
            models.CheckConstraint(
                condition=Q(roles__contained_by=ROLES) & Q(roles__len__gt=0), name="identity_user_roles_known"
            ),
            models.CheckConstraint(condition=~Q(full_name=""), name="identity_user_has_a_name"),
            models.CheckConstraint(
                condition=Q(suspended_at__isnull=True, suspension_reason="")
                | (Q(suspended_at__isnull=False) & ~Q(suspension_reason="")),
                name="identity_user_suspended_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="identity_user_newest"),
            models.Index(
                fields=["-created_at", "-id"],
                name="identity_user_suspended",
                condition=Q(suspended_at__isnull=False),
            ),
            models.Index(
                fields=["-created_at", "-id"],
                name="identity_user_unverified",
                condition=Q(email_verified_at__isnull=True),
            ),
            models.Index(
                fields=["id"], name="identity_user_admins", condition=Q(roles__contains=[Role.ADMIN.value])
            ),
            GinIndex(fields=["roles"], name="identity_user_roles"),
            GinIndex(fields=["searchable"], opclasses=["gin_trgm_ops"], name="identity_user_search"),
        ]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    @property
    def is_email_verified(self) -> bool:
        return self.email_verified_at is not None

    @property
    def is_suspended(self) -> bool:
        return self.suspended_at is not None

    # What Django's own login and back office ask of a user.

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # a plain attribute of the base class, and a fact of ours
        return not self.is_suspended

    @property
    def is_staff(self) -> bool:
        return self.is_active and Role.ADMIN in self.roles

    @property
    def is_superuser(self) -> bool:
        return self.is_staff

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class AccountAction(models.Model):
    """What an administrator did to an account: never changed, never deleted."""

    class Kind(models.TextChoices):
        ROLES_CHANGED = "roles_changed"
        SUSPENDED = "suspended"
        REINSTATED = "reinstated"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="account_actions")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    detail = models.JSONField(help_text="What it was before and is after, or the reason.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["roles_changed", "suspended", "reinstated"]),
                name="identity_action_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"


class MailToken(models.Model):
    """A token that was mailed to prove that somebody reads an address.

    The token itself is signed, and not stored.
    """

    class Purpose(models.TextChoices):
        VERIFY_EMAIL = "verify_email"
        RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mail_tokens")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    email = models.EmailField(max_length=254, help_text="The address it was mailed to: it proves no other.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    spent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=["verify_email", "reset_password"]),
                name="identity_token_purpose_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} until {self.expires_at:%Y-%m-%d %H:%M}"


class MailRequest(models.Model):
    """Somebody asked for a mail to an address that may have no account. Answered by a worker, and then
    deleted.

    That the request only writes this row makes known and unknown addresses cost the caller the same time.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    purpose = models.CharField(max_length=20, choices=MailToken.Purpose.choices)
    email = models.EmailField(max_length=254)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.purpose


class Recipient(models.Model):
    """An address that other contexts write to by this id, whether or not anybody has an account with it. One
    for each address, in whatever case it is written.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="identity_recipient_email_unique")]

    def __str__(self) -> str:
        return self.email


class Notification(models.Model):
    """A mail to a user, or to a recipient without an account, from the transaction that gave cause for it
    until the server took it.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        DEAD = "dead"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="notifications")
    recipient = models.ForeignKey(
        Recipient, null=True, on_delete=models.CASCADE, related_name="notifications"
    )
    template = models.CharField(max_length=200)
    context = models.JSONField()
    mail_token = models.ForeignKey(MailToken, null=True, on_delete=models.CASCADE, related_name="+")
    dedupe_key = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="When it is to be tried (again).")
    created_at = models.DateTimeField(default=now, editable=False)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="", help_text="Why the last attempt failed.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dedupe_key"], name="identity_notification_once"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, recipient__isnull=True)
                | Q(user__isnull=True, recipient__isnull=False),
                name="identity_notification_to_one",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "sent", "dead"]), name="identity_notification_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="identity_notification_sent_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="identity_notification_due", condition=Q(status="pending")),
            models.Index(fields=["-created_at", "-id"], name="identity_notification_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.template} ({self.status})"

    @property
    def address(self) -> str:
        to = self.user or self.recipient
        return to.email if to is not None else ""
