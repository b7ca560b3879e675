"""The back office: people and their mails."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from skillwise_kernel.backoffice import ModelAdmin, ReadOnlyModelAdmin
from skillwise_kernel.clock import now
from skillwise_kernel.errors import SkillWiseError

from skillwise_identity import selectors
from skillwise_identity.dto import Role
from skillwise_identity.models import AccountAction, Notification, User
from skillwise_identity.services import administration, notifications

__all__ = ["AccountActionAdmin", "NotificationAdmin", "UserAdmin"]


class UserForm(forms.ModelForm):
    """What administrators decide about an account.

    Saving goes through the services, so the form's fields are no columns.
    """

    held_roles = forms.MultipleChoiceField(
        label="Roles",
        choices=[(role.value, role.value.title()) for role in Role],
        widget=forms.CheckboxSelectMultiple,
    )
    suspended_because = forms.CharField(
        label="Suspended because",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="A reason suspends the account at once, and is mailed to the user. "
        "Emptying it reinstates the account.",
    )

    class Meta:
        model = User
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(
            {
                "held_roles": self.instance.roles,
                "suspended_because": self.instance.suspension_reason,
            }
        )


@admin.register(User)
class UserAdmin(ModelAdmin):
    form = UserForm
    fields = [
        "email",
        "full_name",
        "held_roles",
        "suspended_because",
        "email_verified_at",
        "suspended_at",
        "last_login",
        "created_at",
        "id",
    ]
    readonly_fields = [
        "email",
        "full_name",
        "email_verified_at",
        "suspended_at",
        "last_login",
        "created_at",
        "id",
    ]
    list_display = ["email", "full_name", "roles", "is_verified", "is_in", "created_at"]
    list_filter = [
        ("suspended_at", admin.EmptyFieldListFilter),
        ("email_verified_at", admin.EmptyFieldListFilter),
    ]
    search_fields = ["email", "full_name"]
    ordering = ["-created_at", "-id"]

    @admin.display(boolean=True, description="verified")
    def is_verified(self, user: User) -> bool:
        return user.is_email_verified

    @admin.display(boolean=True, description="active")
    def is_in(self, user: User) -> bool:
        return user.is_active

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        found = queryset & selectors.list_users(search=search_term) if search_term else queryset
        return found, False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; a rule that the services find broken is shown above it, and nothing is saved."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except SkillWiseError as error:
            self.message_user(request, str(error), level=messages.ERROR)
            return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: User, form: UserForm, change: Any) -> None:
        actor_id = _actor_id(request)
        if "held_roles" in form.changed_data:
            administration.change_roles(
                actor_id=actor_id, user_id=obj.id, roles=form.cleaned_data["held_roles"], now=now()
            )
        if "suspended_because" not in form.changed_data:
            return
        if reason := form.cleaned_data["suspended_because"]:
            administration.suspend(actor_id=actor_id, user_id=obj.id, reason=reason, now=now())
        else:
            administration.reinstate(actor_id=actor_id, user_id=obj.id, now=now())


@admin.register(AccountAction)
class AccountActionAdmin(ReadOnlyModelAdmin):
    list_display = ["at", "kind", "user", "actor", "detail"]
    list_filter = ["kind"]
    list_select_related = ["user", "actor"]


@admin.register(Notification)
class NotificationAdmin(ReadOnlyModelAdmin):
    list_display = ["created_at", "template", "address", "status", "attempts", "sent_at", "error"]
    list_filter = ["status"]
    list_select_related = ["user", "recipient"]
    ordering = ["-created_at", "-id"]
    actions = ["send_again"]

    @admin.action(description="Send again (those that were given up)", permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        for notification in queryset:
            notifications.resend(notification_id=notification.id, now=now())
        self.message_user(request, "They are tried again.")


def _actor_id(request: HttpRequest) -> UUID:
    """Who is logged in to the back office; Django lets nobody else in."""
    if not isinstance(request.user, User):
        raise TypeError("the back office is for users")
    return request.user.id
